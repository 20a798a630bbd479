"""One run's numbers, without those that only a launch counts."""

from campaigns.ledger.tallies import totals
from campaigns.models import Run
from tests.campaigns.recount import recount as recount_all


def recount(run: Run) -> dict[str, int]:
    return {name: n for name, n in recount_all([run.pk]).items() if name != "targeted"}


def tallied(run: Run) -> dict[str, int]:
    return {name: n for name, n in totals([run.pk]).items() if name != "targeted"}
