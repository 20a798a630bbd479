from datetime import UTC, datetime, timedelta

import pytest

from campaigns.feedback.replies import Reply, credit
from campaigns.models import Event, EventName, Message, MessageKind, Run, State
from tests.campaigns.recounting import recount, tallied
from tests.factories import MessageFactory, ProjectFactory, RunFactory, TallyFactory

T = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
PHONE, KEY = "+919000011122", 919000011122


@pytest.fixture
def run(db: None) -> Run:
    return RunFactory.create()


def sent(run: Run, hours: float, **fields: object) -> Message:
    """A message that went out so many hours before T."""
    TallyFactory.create(run=run, name="sent", n=1)
    at = T - timedelta(hours=hours)
    return MessageFactory.create(run=run, phone=PHONE, state=State.SENT, sent_at=at, **fields)


def another_run_of(run: Run) -> Run:
    return RunFactory.create(campaign=run.campaign, number=2)


def reply(run: Run, inbound_id: int = 1, **fields: object) -> Reply:
    values: dict[str, object] = {
        "project_id": run.campaign.project_id,
        "match_key": KEY,
        "at": T,
        "named": None,
        "properties": {"Incoming text": "How much?"},
        **fields,
    }
    return Reply(inbound_id=inbound_id, **values)  # type: ignore[arg-type]


def test_a_reply_is_credited_to_the_campaign_message_sent_last(run: Run) -> None:
    sent(run, hours=5)
    latest = sent(another_run_of(run), hours=1)

    assert credit([reply(run)]) == {1: latest.pk}

    event = Event.objects.get()
    assert (event.name, event.message_id, event.at, event.dedupe, event.properties) == (
        EventName.REPLIED,
        latest.pk,
        T,
        1,
        {
            "Campaign id": run.campaign.pk,
            "Campaign name": run.campaign.name,
            "Campaign type": "WhatsApp",
            "Provider": "Gupshup",
            "Incoming text": "How much?",
        },
    )
    latest.refresh_from_db()
    assert latest.replied_at == T


def test_two_replies_are_two_events_of_one_replying_person(run: Run) -> None:
    message = sent(run, hours=1)

    assert credit([reply(run, 1), reply(run, 2)]) == {1: message.pk, 2: message.pk}
    assert Event.objects.count() == 2
    assert tallied(run) == recount(run) == {"sent": 1, "replied": 1}


def test_the_message_that_the_customer_answered_wins_whatever_its_age(run: Run) -> None:
    old = sent(run, hours=500)
    sent(another_run_of(run), hours=1)

    assert credit([reply(run, named=old.pk)]) == {1: old.pk}


def test_a_message_that_went_out_before_the_window_gets_no_credit(run: Run) -> None:
    sent(run, hours=72.1)

    assert credit([reply(run)]) == {}
    assert tallied(run) == recount(run) == {"sent": 1}


def test_a_message_that_went_out_after_the_reply_gets_no_credit(run: Run) -> None:
    sent(run, hours=-1)

    assert credit([reply(run)]) == {}


def test_a_message_that_is_no_campaigns_gets_no_credit(run: Run) -> None:
    sent_by_hand = MessageFactory.create(
        run=None,
        project=run.campaign.project,
        kind=MessageKind.TEST,
        phone=PHONE,
        state=State.SENT,
        sent_at=T,
    )

    assert credit([reply(run), reply(run, 2, named=sent_by_hand.pk)]) == {}


def test_another_projects_message_gets_no_credit(run: Run) -> None:
    message = sent(run, hours=1)
    stranger = ProjectFactory.create().pk

    assert credit([reply(run, project_id=stranger, named=message.pk)]) == {}
    assert tallied(run) == recount(run) == {"sent": 1}
