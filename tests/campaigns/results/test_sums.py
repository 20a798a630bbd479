"""The sums on a campaign's page: each person stands in one part, whatever became of them."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from campaigns.models import Run, State
from campaigns.results.numbers import results_of
from campaigns.results.sums import sums_of
from tests.campaigns.results.lives import live
from tests.campaigns.states import fill
from tests.factories import MessageFactory, RunFactory, TallyFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def sums(run: Run) -> list[tuple[int, str, list[tuple[int, str]]]]:
    return [
        (one.whole.count, one.whole.words, [(part.count, part.words) for part in one.parts])
        for one in sums_of(results_of([run.pk]))
    ]


def test_what_went_out_stands_apart_from_what_became_of_it() -> None:
    run = RunFactory.create()
    fill(run)
    assert sums(run) == [
        (
            13,
            "targeted",
            [
                (6, "sent: Gupshup took them"),
                (1, "in doubt"),
                (2, "failed without being sent"),
                (3, "left out"),
                (1, "still to be sent"),
            ],
        ),
        (
            6,
            "sent",
            [
                (3, "delivered"),
                (2, "failed after being sent"),
                (1, "without a report so far"),
            ],
        ),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_sums_are_those_of_the_messages_whatever_their_lives(seed: int) -> None:
    run = RunFactory.create()
    MessageFactory.create(run=run)
    live(run, people=25, since=NOON, lasts=timedelta(hours=9), chance=Random(seed))
    found = {words: n for _, _, parts in sums(run) for n, words in parts}
    never_left = run.messages.filter(state=State.FAILED, sent_at=None)
    later = run.messages.filter(state=State.FAILED, sent_at__isnull=False)
    delivered = run.messages.filter(delivered_at__isnull=False)
    waiting = run.messages.filter(state=State.SENT)
    assert found == {
        words: n
        for words, n in {
            "sent: Gupshup took them": run.messages.filter(sent_at__isnull=False).count(),
            "failed without being sent": never_left.count(),
            "still to be sent": 1,
            "delivered": delivered.count(),
            "failed after being sent": later.count(),
            "without a report so far": waiting.count(),
        }.items()
        if n
    }
    for whole, _, parts in sums(run):
        assert whole == sum(n for n, _ in parts)


def test_a_sum_of_one_part_says_nothing() -> None:
    run = RunFactory.create()
    assert sums(run) == []
    for name in ("targeted", "sent", "delivered"):
        TallyFactory.create(run=run, name=name, n=7)
    assert sums(run) == []
