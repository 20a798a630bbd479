"""Whom a live campaign left out is forgotten after 30 days; its numbers stay."""

from datetime import timedelta

import pytest

from campaigns.ledger.tallies import totals
from campaigns.models import Trigger
from campaigns.planning.occasion import Deed
from campaigns.running.forgetting_left_out import forget_left_out
from campaigns.running.turning_triggers import turn_due
from providers.models import Project
from tests.campaigns.living import AN_HOUR, ORDER, ago, did, entries, living, messages_of
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
