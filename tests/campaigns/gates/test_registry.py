"""One file and one line make a gate: what is registered holds wherever messages are held back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.utils import timezone

from campaigns.gates.base import (
    CampaignGate,
    Dropping,
    Explanation,
    Foreseen,
    Gate,
    PersonGate,
    SetGate,
)
from campaigns.gates.explaining import explain
from campaigns.gates.registry import GATES
from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, Profile, Reason, Run, State
from campaigns.planning.dry_run import dry_run
from campaigns.planning.preflight import findings, variants_of
from campaigns.planning.targeting import forecast
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.sending.claiming import Claim, claim_bulk, claim_bulk_sql
from campaigns.sending.finding_due import find_due
from campaigns.sending.reconciling import reconcile
from providers.models import Project, Provider
from providers.watch.actors import SYSTEM
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import ready
from tests.campaigns.recount import recount
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db

NO_BOBS = PersonGate(
    reason=Reason.EXCLUDED,
    explanation=Explanation("They are called Bob", "Give them another name."),
    at_launch="p.name = %(unwanted)s",
    at_claim="p.name = 'Bob'",
    parameters=lambda campaign: {"unwanted": "Bob"},
)


def test_a_new_gate_holds_in_the_forecast_at_launch_at_the_claim_and_is_explained(
    project: Project,
) -> None:
    campaign = ready(project)
    ProfileFactory.create(project=project, name="Bob")
    renamed = Profile.objects.earliest("pk")
    with registered(NO_BOBS):
        assert forecast(campaign).dropped == {Reason.EXCLUDED: 1}
        run = launched(campaign)
        assert outcomes(run) == {"queued": 2, "suppressed": 1, "suppressed:excluded": 1}
        Profile.objects.filter(pk=renamed.pk).update(name="Bob")
        assert renamed.phone not in {one.phone for one in claim()}
        assert outcomes(run) == {"queued": 1, "suppressed": 2, "suppressed:excluded": 2}
        assert explain(Reason.EXCLUDED, "").meaning == "They are called Bob"
    assert explain(Reason.EXCLUDED, "").meaning != "They are called Bob"


@contextmanager
def registered(gate: Gate) -> Iterator[None]:
    GATES.append(gate)
    try:
        yield
    finally:
        GATES.remove(gate)


def launched(campaign: Campaign) -> Run:
    publish(campaign, by=SYSTEM)
    run = campaign.runs.get()
    launch(run.pk)
    return run


def claim() -> list[Claim]:
    return [one for due in find_due() for one in claim_bulk(due, limit=10)]


def outcomes(run: Run) -> dict[str, int]:
    counted = dict(totals([run.pk]))
    assert counted == recount([run.pk])
    return {name: n for name, n in counted.items() if name != "targeted"}


AT_MOST_TWO = SetGate(
    reason=Reason.OFFER_EXPIRED,
    explanation=Explanation("Enough have got it"),
    among="row_number() OVER (PARTITION BY reason ORDER BY id) > %(most)s",
    applies=lambda campaign: campaign.name != "Boundless",
    parameters=lambda campaign: {"most": 2},
)


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_a_new_gate_for_sets_holds_of_those_whom_the_others_let_pass_however_they_are_launched(
    project: Project, chunk: int, chunks_of: ChunksOf
) -> None:
    chunks_of(chunk, first=1)
    campaign = ready(project, people=5)
    one, two, *_ = Profile.objects.order_by("pk")
    Profile.objects.filter(pk=one.pk).update(subscribed=False)
    ProfileFactory.create(project=project, phone=two.phone, match_key=two.match_key)
    with registered(AT_MOST_TWO):
        reach = forecast(campaign)
        looked_at = dry_run(campaign, variants_of(campaign)[0], expected=1).looked_at
        run = launched(campaign)
        assert (reach.to_send, looked_at, outcomes(run)["queued"]) == (2, 2, 2)
        assert explain(Reason.OFFER_EXPIRED, "").meaning == "Enough have got it"
    left_out = {name: n for name, n in outcomes(run).items() if name.startswith("suppressed:")}
    assert left_out == {f"suppressed:{reason}": n for reason, n in reach.dropped.items()}
    assert reach.dropped == {
        Reason.NOT_SUBSCRIBED: 1,
        Reason.DUPLICATE_PHONE: 1,
        Reason.OFFER_EXPIRED: 2,
    }


def test_everybody_is_not_written_down_for_a_gate_that_does_not_apply(project: Project) -> None:
    campaign = ready(project)
    Campaign.objects.filter(pk=campaign.pk).update(name="Boundless")
    campaign.refresh_from_db()
    with registered(AT_MOST_TWO):
        publish(campaign, by=SYSTEM)
    assert campaign.runs.get().as_of is not None


def test_on_trial_who_is_no_test_profile_takes_no_message_from_one_of_the_same_phone(
    project: Project,
) -> None:
    campaign = ready(project, people=1)
    Provider.objects.update(trial_ended_at=None, credentials_changed_at=timezone.now())
    first = Profile.objects.get()
    tester = ProfileFactory.create(
        project=project, phone=first.phone, match_key=first.match_key, is_test=True
    )
    reach = forecast(campaign)
    run = launched(campaign)
    assert (reach.to_send, reach.dropped) == (1, {Reason.TRIAL_MODE: 1})
    assert run.messages.get(state=State.QUEUED).profile_id == tester.pk


def foresee(campaign: Campaign, starts_at: datetime) -> Iterator[Foreseen]:
    if campaign.name == "Not yet":
        yield Foreseen("Its name says that it waits.", blocks=True)


NOT_YET = CampaignGate(
    closed="c.name IN ('Not yet', 'Never')",
    drops=Dropping(
        reason=Reason.EXCLUDED, explanation=Explanation("Never"), when="c.name = 'Never'"
    ),
    foresee=foresee,
)


def test_a_new_gate_for_campaigns_is_foreseen_delays_and_then_drops(project: Project) -> None:
    campaign = ready(project)
    run = launched(campaign)
    (due,) = find_due()
    with registered(NOT_YET):
        Campaign.objects.filter(pk=campaign.pk).update(name="Not yet")
        campaign.refresh_from_db()
        foreseen = [found.message for found in findings(campaign, variants_of(campaign))]
        assert foreseen == ["Its name says that it waits."]
        reconcile()
        assert (find_due(), claim_bulk(due, limit=10)) == ([], [])
        assert outcomes(run) == {"queued": 2}
        Campaign.objects.filter(pk=campaign.pk).update(name="Never")
        reconcile()
    assert outcomes(run) == {"suppressed": 2, "suppressed:excluded": 2}


def test_a_statement_is_made_once_and_anew_with_another_gate() -> None:
    before = claim_bulk_sql()
    assert claim_bulk_sql() is before
    with registered(NO_BOBS):
        assert "p.name = 'Bob'" in claim_bulk_sql()
    assert claim_bulk_sql() is before


def test_each_reason_is_explained_in_one_way() -> None:
    """Two gates may give the same one, if they mean the same by it."""
    sources = [gate for gate in GATES if not isinstance(gate, CampaignGate)]
    dropping = [gate.drops for gate in GATES if isinstance(gate, CampaignGate) and gate.drops]
    explained = {(source.reason, source.explanation) for source in [*sources, *dropping]}
    assert len(explained) == len({reason for reason, _ in explained})
