"""What becomes of a campaign's messages sets another campaign off, or keeps it from going out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.feedback.clicks import Click, apply_clicks
from campaigns.feedback.delivery import Report, apply_reports
from campaigns.feedback.replies import Reply, credit
from campaigns.models import (
    Campaign,
    Event,
    EventName,
    Message,
    MessageKind,
    OutboxState,
    Profile,
    Run,
    State,
    Trigger,
)
from campaigns.planning.drafting import DraftError, discard
from campaigns.planning.occasion import Deed
from campaigns.planning.occasion_campaigns import NO_CAMPAIGN
from campaigns.planning.preflight import blocking, findings, variants_of
from campaigns.running.lifecycle import LifecycleError, publish, stop
from campaigns.running.turning_triggers import turn_due
from campaigns.sending.recording import Ending, Result, record
from campaigns.sending.settling import Doubts, assume_sent
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.living import AN_HOUR, CART, ago, did, draft, entries, living, messages_of
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    RunFactory,
    TallyFactory,
)

pytestmark = pytest.mark.django_db
CLICKED, REPLIED = EventName.CLICKED.value, EventName.REPLIED.value
DELIVERED, SENT, VIEWED = (
    name.value for name in (EventName.DELIVERED, EventName.SENT, EventName.VIEWED)
)


@pytest.fixture
def sale(project: Project) -> Run:
    """A campaign that goes out to many at once."""
    return RunFactory.create(campaign__project=project, campaign__name="Sale")


@pytest.fixture
def asha(project: Project) -> Profile:
    return ProfileFactory.create(project=project)


def sent(run: Run, to: Profile, **fields: Any) -> Message:
    at = fields.pop("at", ago(minutes=30))
    return MessageFactory.create(run=run, profile=to, state=State.SENT, sent_at=at, **fields)


def is_viewed(message: Message, at: datetime | None = None) -> None:
    report(message, State.READ, at or ago(seconds=1))


def report(message: Message, status: Any, at: datetime) -> None:
    apply_reports([reported(message, status, at)])


def reported(message: Message, status: Any, at: datetime) -> Report:
    return Report(
        project_id=message.project_id, message_id=message.pk, attempt=None, status=status, at=at
    )


def is_clicked(message: Message) -> None:
    at = ago(seconds=1)
    apply_clicks(
        [
            Click(
                project_id=message.project_id,
                message_id=message.pk,
                url="https://shop.example",
                short_url="",
                user_agent="",
                at=at,
                printed_at=at,
            )
        ]
    )


def is_answered(message: Message) -> None:
    one = Reply(
        project_id=message.project_id,
        inbound_id=1,
        match_key=message.send_key or 0,
        at=ago(seconds=1),
        named=message.pk,
        properties={"Incoming text": "Yes"},
    )
    assert credit([one]) == {1: message.pk}


# Setting off --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "happens"),
    [
        (DELIVERED, lambda message: report(message, State.DELIVERED, ago(seconds=1))),
        (VIEWED, is_viewed),
        (CLICKED, is_clicked),
        (REPLIED, is_answered),
    ],
)
def test_what_becomes_of_a_message_sets_it_off_once(
    project: Project, sale: Run, asha: Profile, name: str, happens: Callable[[Message], None]
) -> None:
    campaign = living(project, did=Deed(name, of=sale.campaign_id))
    message = sent(sale, asha)
    for _ in range(2):
        happens(message)
        turn_due()

    assert messages_of(campaign) == [(asha.pk, "")]
    first = Event.objects.filter(name=name).earliest("at")
    assert Trigger.objects.get().at == first.at


def test_that_it_was_sent_does_whoever_says_so(project: Project, sale: Run, asha: Profile) -> None:
    campaign = living(project, did=Deed(SENT, of=sale.campaign_id))
    sure, doubted = asha, ProfileFactory.create(project=project)
    message = MessageFactory.create(run=sale, profile=sure)
    OutboxFactory.create(message=message, state=OutboxState.CLAIMED, attempt=1)
    record(
        [Result(message_id=message.pk, attempt=1, ending=Ending.ACCEPTED, at=timezone.now())], []
    )
    message = MessageFactory.create(run=sale, profile=doubted, state=State.IN_DOUBT)
    OutboxFactory.create(message=message, state=OutboxState.IN_DOUBT, attempt=1)
    assume_sent(Doubts(project, messages=[message]), by=SYSTEM)

    assert {who for who, _ in entries(campaign)} == {sure.pk, doubted.pk}


def test_a_late_word_that_it_was_sent_counts_too(
    project: Project, sale: Run, asha: Profile
) -> None:
    campaign = living(project, did=Deed(SENT, of=sale.campaign_id))
    message = MessageFactory.create(run=sale, profile=asha, state=State.UNKNOWN, attempt=1)
    TallyFactory.create(run=sale, name="failed", n=1)
    record(
        [Result(message_id=message.pk, attempt=1, ending=Ending.ACCEPTED, at=timezone.now())], []
    )
    assert entries(campaign) == [(asha.pk, "waits")]


def test_only_of_the_campaign_that_is_named_and_no_tests(
    project: Project, sale: Run, asha: Profile
) -> None:
    campaign = living(project, did=Deed(VIEWED, of=sale.campaign_id))
    other = RunFactory.create(campaign__project=project)
    is_viewed(sent(other, asha))
    is_viewed(
        MessageFactory.create(
            run=None, project=project, campaign=sale.campaign, profile=asha, kind=MessageKind.TEST
        )
    )
    stranger = RunFactory.create()
    is_viewed(sent(stranger, ProfileFactory.create(project=stranger.campaign.project)))
    assert entries(campaign) == []


def test_it_looks_forward_only_by_the_time_that_is_told(
    project: Project, sale: Run, asha: Profile
) -> None:
    campaign = living(project, did=Deed(VIEWED, of=sale.campaign_id), for_hours=1)
    is_viewed(sent(sale, asha), at=ago(hours=2))
    assert entries(campaign) == []


def test_only_with_the_properties_that_are_asked_for(
    project: Project, sale: Run, asha: Profile
) -> None:
    where = ({"on": "text", "property": "Incoming text", "is": "equals", "value": "no"},)
    campaign = living(project, did=Deed(REPLIED, where, sale.campaign_id))
    is_answered(sent(sale, asha))
    assert entries(campaign) == []


def test_one_statement_for_many_and_no_more_where_nobody_waits(project: Project, sale: Run) -> None:
    people = ProfileFactory.create_batch(7, project=project)
    messages = [sent(sale, one) for one in people]
    with CaptureQueriesContext(connection) as unheard:
        is_viewed(messages[0])
    campaign = living(project, did=Deed(CART))
    with CaptureQueriesContext(connection) as beside:
        is_viewed(messages[1])
    assert len(beside) == len(unheard)

    stop(campaign, by=SYSTEM)
    campaign = living(project, did=Deed(VIEWED, of=sale.campaign_id), delay=AN_HOUR)
    is_viewed(messages[2])
    with CaptureQueriesContext(connection) as one:
        is_viewed(messages[3])
    reports = [reported(each, State.READ, ago(seconds=1)) for each in messages[4:]]
    with CaptureQueriesContext(connection) as many:
        apply_reports(reports)
    assert len(many) == len(one)
    assert len(entries(campaign)) == 5


# Keeping back -------------------------------------------------------------------------------------


def test_delivered_and_not_viewed_within_an_hour(project: Project, sale: Run) -> None:
    of = sale.campaign_id
    campaign = living(
        project, did=Deed(DELIVERED, of=of), delay=AN_HOUR, unless=Deed(VIEWED, of=of)
    )
    reads, waits, at_once = ProfileFactory.create_batch(3, project=project)
    messages = {one: sent(sale, one, at=ago(hours=2)) for one in (reads, waits, at_once)}
    for one in (reads, waits):
        report(messages[one], State.DELIVERED, ago(minutes=70))
    is_viewed(messages[at_once], at=ago(minutes=70))  # tells of both
    is_viewed(messages[reads], at=ago(minutes=65))

    turn_due()

    failed = "condition_failed"
    assert dict(messages_of(campaign)) == {reads.pk: failed, waits.pk: "", at_once.pk: failed}


def test_any_campaigns_click_keeps_it_back(project: Project, sale: Run, asha: Profile) -> None:
    campaign = living(project, delay=AN_HOUR, unless=Deed(CLICKED))
    did(asha, at=ago(minutes=65))
    is_clicked(sent(sale, asha))
    turn_due()
    assert messages_of(campaign) == [(asha.pk, "condition_failed")]


def test_it_is_noted_on_whose_message_waits(project: Project, sale: Run, asha: Profile) -> None:
    living(project, delay=AN_HOUR, unless=Deed(CLICKED, of=sale.campaign_id))
    did(asha, at=ago(minutes=65))
    turn_due()
    is_clicked(sent(sale, asha))
    assert Trigger.objects.get().broken_at == Event.objects.get().at


# Circles ------------------------------------------------------------------------------------------


def blocked_by(campaign: Campaign) -> list[str]:
    return [one.message for one in blocking(findings(campaign, variants_of(campaign)))]


def test_its_own_messages_can_not_set_it_off(project: Project) -> None:
    campaign = draft(project)
    campaign.occasion = {"did": {"event": VIEWED, "of": campaign.pk}}
    campaign.save()
    (words,) = blocked_by(campaign)
    assert words.startswith("What becomes of its own messages would set it off again and again")


def test_a_circle_of_three_is_refused_with_their_names(project: Project) -> None:
    first, second, third = (draft(project, name=name) for name in "ABC")
    for campaign, cause in ((first, third), (second, first), (third, second)):
        campaign.occasion = {"did": {"event": CLICKED, "of": cause.pk}}
        campaign.save()
    publish(first, by=SYSTEM)
    publish(second, by=SYSTEM)

    with pytest.raises(LifecycleError) as refused:
        publish(third, by=SYSTEM)

    assert "this campaign is set off by “B”, “B” is set off by “A”" in str(refused.value)
    stop(second, by=SYSTEM)
    publish(third, by=SYSTEM)


def test_a_campaign_that_is_gone_or_anothers_is_refused(project: Project) -> None:
    for number in (0, 2**62, CampaignFactory.create().pk):
        campaign = draft(project, did=Deed(VIEWED, of=number or -1))
        assert blocked_by(campaign) == [NO_CAMPAIGN]


def test_a_draft_that_somebody_waits_for_is_not_deleted(project: Project) -> None:
    awaited = CampaignFactory.create(project=project)
    waiting = draft(project, name="Second", did=Deed(VIEWED, of=awaited.pk))
    with pytest.raises(DraftError, match="Second"):
        discard(awaited, by=SYSTEM)
    discard(waiting, by=SYSTEM)
    discard(awaited, by=SYSTEM)


def test_two_that_close_a_circle_at_once_wait_for_each_other(project: Project) -> None:
    """The second sees that the first is live."""
    one, other = draft(project, name="A"), draft(project, name="B")
    for campaign, cause in ((one, other), (other, one)):
        campaign.occasion = {"did": {"event": VIEWED, "of": cause.pk}}
        campaign.save()
    with CaptureQueriesContext(connection) as seen:
        publish(one, by=SYSTEM)
    first = next(n for n, query in enumerate(seen) if "FOR NO KEY UPDATE" in query["sql"])
    assert "providers_project" in seen[first]["sql"]


def test_late_times_are_those_of_the_message(project: Project, sale: Run, asha: Profile) -> None:
    """What a report corrects later leaves the trigger as it was set off."""
    campaign = living(project, did=Deed(DELIVERED, of=sale.campaign_id), delay=AN_HOUR)
    message = sent(sale, asha)
    first = ago(minutes=5)
    report(message, State.DELIVERED, first)
    report(message, State.DELIVERED, first - timedelta(minutes=1))
    assert entries(campaign) == [(asha.pk, "waits")]
    assert Trigger.objects.get().at - Event.objects.get(name=DELIVERED).at == timedelta(minutes=1)
