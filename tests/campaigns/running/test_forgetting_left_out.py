"""Whom a live campaign left out, or one that recurs, is forgotten after 30 days: not its sums."""

from datetime import timedelta

import pytest
from django.db import transaction

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignKind,
    Message,
    Profile,
    Reason,
    Run,
    RunStatus,
    State,
    Trigger,
)
from campaigns.planning.occasion import Deed
from campaigns.running import forgetting_left_out
from campaigns.running.forgetting_left_out import forget_left_out
from campaigns.running.launching import launch
from campaigns.running.standing import decide_due_dates
from campaigns.running.turning_triggers import turn_due
from providers.models import Project
from tests.campaigns.living import AN_HOUR, ORDER, ago, did, entries, living, messages_of
from tests.campaigns.recurring import standing
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("days", "is_gone"), [(29.9, False), (30.1, True)])
def test_who_was_left_out_goes_and_who_was_sent_it_stays(
    project: Project, days: float, is_gone: bool
) -> None:
    sent, left_out, waits = ProfileFactory.create_batch(3, project=project)
    campaign = living(project, delay=AN_HOUR, unless=Deed(ORDER))
    for one in (sent, left_out):
        did(one, at=ago(hours=1.5))
    did(left_out, ORDER, at=ago(hours=1))
    turn_due()
    did(waits)
    Trigger.objects.filter(ended_at__isnull=False).update(ended_at=ago(days=days))
    run = campaign.runs.get()
    before = dict(totals([run.pk]))

    forget_left_out()

    kept = {sent.pk: "message", waits.pk: "waits"}
    gone = {} if is_gone else {left_out.pk: "condition_failed"}
    assert dict(entries(campaign)) == {**kept, **gone}
    assert dict(messages_of(campaign)) == {sent.pk: "", **gone}
    assert dict(totals([run.pk])) == before


def test_it_ends_when_its_time_is_over(project: Project) -> None:
    who = ProfileFactory.create(project=project)
    campaign = living(project, delay=AN_HOUR, unless=Deed(ORDER))
    did(who, at=ago(hours=1.5))
    did(who, ORDER, at=ago(hours=1))
    turn_due()
    Trigger.objects.update(ended_at=ago(hours=0) - timedelta(days=31))
    forget_left_out(seconds=0)
    assert len(entries(campaign)) == 1


@pytest.mark.parametrize("at_once", [1, 2, 5_000])
def test_whom_a_launch_left_out_goes_step_by_step(
    project: Project, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    in_steps = forgetting_left_out.FORGET_OF_RUN.replace("5000", str(at_once))
    monkeypatch.setattr(forgetting_left_out, "FORGET_OF_RUN", in_steps)
    run, sent, drawn, left_out = went_out(project, days_ago=30.1)
    before = dict(totals([run.pk]))

    forget_left_out()

    kept = {sent.pk: "", drawn.pk: Reason.CONTROL_GROUP}
    assert dict(messages_of(run.campaign)) == kept
    assert dict(totals([run.pk])) == before
    assert before["suppressed:no_phone"] == 2 == len(left_out)
    run.refresh_from_db()
    assert run.forgotten_up_to == run.last_profile_id


@pytest.mark.parametrize(
    ("days", "kind", "status"),
    [
        (29.9, CampaignKind.RECURRING, RunStatus.FINISHED),
        (31, CampaignKind.ONCE, RunStatus.FINISHED),
        (31, CampaignKind.RECURRING, RunStatus.SENDING),
    ],
)
def test_others_keep_whom_they_left_out(
    project: Project, days: float, kind: CampaignKind, status: RunStatus
) -> None:
    run, _, _, left_out = went_out(project, days_ago=days)
    Campaign.objects.update(kind=kind)
    Run.objects.update(status=status)
    forget_left_out()
    assert {one.pk for one in left_out} < dict(messages_of(run.campaign)).keys()


def test_a_run_that_took_too_long_goes_on_where_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_steps = forgetting_left_out.FORGET_OF_RUN.replace("5000", "3")
    monkeypatch.setattr(forgetting_left_out, "FORGET_OF_RUN", in_steps)
    run, _, _, (first, last) = went_out(project, days_ago=31)
    forgetting_left_out._do(in_steps, {"kept": forgetting_left_out.KEPT_FOR})
    run.refresh_from_db()
    assert run.forgotten_up_to == first.pk
    assert {first.pk, last.pk} & dict(messages_of(run.campaign)).keys() == {last.pk}
    forget_left_out()
    assert last.pk not in dict(messages_of(run.campaign))


def went_out(project: Project, *, days_ago: float) -> tuple[Run, Profile, Profile, list[Profile]]:
    """To one of four: chance has drawn the second, the others have no phone."""
    campaign = standing(project, people=2)
    sent, drawn = Profile.objects.order_by("pk")
    left_out = ProfileFactory.create_batch(2, project=project, phone="")
    with transaction.atomic():
        decide_due_dates()
    run = campaign.runs.get()
    launch(run.pk)
    Message.objects.filter(profile=drawn).update(
        state=State.SUPPRESSED, reason=Reason.CONTROL_GROUP
    )
    Run.objects.update(status=RunStatus.FINISHED, finished_at=ago(days=days_ago))
    return run, sent, drawn, left_out
