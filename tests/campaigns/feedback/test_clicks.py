from datetime import UTC, datetime, timedelta

import pytest

from campaigns.feedback.clicks import Click, apply_clicks
from campaigns.models import Event, EventName, Message, Run, State
from tests.campaigns.recounting import recount, tallied
from tests.factories import MessageFactory, ProjectFactory, RunFactory, TallyFactory

T = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/94.0"


@pytest.fixture
def run(db: None) -> Run:
    return RunFactory.create()


@pytest.fixture
def message(run: Run) -> Message:
    TallyFactory.create(run=run, name="sent", n=1)
    return MessageFactory.create(run=run, state=State.SENT, sent_at=T)


def click(message: Message, at: datetime = T, **fields: object) -> Click:
    values: dict[str, object] = {
        "project_id": message.project_id,
        "url": "https://shop.example/sale",
        "short_url": "www.gs.example/abc",
        "user_agent": CHROME,
        **fields,
    }
    return Click(message_id=message.pk, at=at, printed_at=at, **values)  # type: ignore[arg-type]


def test_a_click_is_an_event_with_both_links_and_a_time_of_the_message(
    run: Run, message: Message
) -> None:
    apply_clicks([click(message)])

    event = Event.objects.get()
    message.refresh_from_db()
    assert (event.name, event.at, event.profile, event.properties) == (
        EventName.CLICKED,
        T,
        message.profile,
        {
            "Campaign id": run.campaign.pk,
            "Campaign name": run.campaign.name,
            "Campaign type": "WhatsApp",
            "Provider": "Gupshup",
            "wzrk_c2a": "https://shop.example/sale",
            "wzrk_c2a_short_url": "www.gs.example/abc",
        },
    )
    assert message.clicked_at == T
    assert tallied(run) == recount(run) == {"sent": 1, "clicked": 1, "clicks": 1}


def test_the_same_click_twice_is_one(run: Run, message: Message) -> None:
    apply_clicks([click(message), click(message)])
    apply_clicks([click(message)])

    assert tallied(run) == recount(run) == {"sent": 1, "clicked": 1, "clicks": 1}


@pytest.mark.parametrize(
    "other",
    [
        {"at": T + timedelta(seconds=1)},
        {"url": "https://shop.example/terms"},
        {"user_agent": "curl"},
    ],
)
def test_another_time_target_or_agent_is_another_click_of_the_same_person(
    run: Run, message: Message, other: dict[str, object]
) -> None:
    apply_clicks([click(message), click(message, **other)])  # type: ignore[arg-type]

    assert tallied(run) == recount(run) == {"sent": 1, "clicked": 1, "clicks": 2}


def test_the_first_time_is_the_earliest_in_any_order(run: Run, message: Message) -> None:
    for at in (T + timedelta(minutes=2), T, T + timedelta(minutes=1)):
        apply_clicks([click(message, at=at)])

    message.refresh_from_db()
    assert message.clicked_at == T
    assert tallied(run) == recount(run) == {"sent": 1, "clicked": 1, "clicks": 3}


def test_another_projects_message_is_not_touched(run: Run, message: Message) -> None:
    apply_clicks([click(message, project_id=ProjectFactory.create().pk)])

    assert (Event.objects.count(), tallied(run)) == (0, {"sent": 1})
