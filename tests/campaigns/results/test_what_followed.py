"""Who left after a campaign, and what people wrote."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.feedback.replies import Reply, credit
from campaigns.models import Campaign, CampaignStatus, Message, Run, Source, State
from campaigns.results import what_followed
from campaigns.results.people_behind import people_behind, read_behind
from campaigns.results.what_followed import Left, left_after, newest_answers
from providers.models import Project
from tests.campaigns.drafts import page
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    MessageFactory,
    ProjectFactory,
    RunFactory,
    SubscriptionChangeFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
BEGAN = NOW - timedelta(days=3)


@pytest.fixture
def campaign(project: Project) -> Campaign:
    made: Campaign = CampaignFactory.create(
        project=project, status=CampaignStatus.COMPLETED, published_at=BEGAN
    )
    RunFactory.create(campaign=made, started_at=BEGAN, finished_at=BEGAN + timedelta(hours=1))
    return made


def run_of(campaign: Campaign) -> Run:
    return campaign.runs.get()


def sent(run: Run, **fields: object) -> Message:
    message: Message = MessageFactory.create(
        run=run, **{"state": State.SENT, "sent_at": BEGAN, **fields}
    )
    return message


def leaves(message: Message, hours: float = 1, **fields: object) -> None:
    values = {
        "project": message.project,
        "profile": None,
        "match_key": message.send_key,
        "flag": "MSG-dndWhatsApp",
        "value": True,
        "source": Source.KEYWORD,
        "at": BEGAN + timedelta(hours=hours),
    }
    SubscriptionChangeFactory.create(**{**values, **fields})


def left(campaign: Campaign) -> int:
    """As the page says it, which is as many as those whom its link finds."""
    told = left_after(campaign, list(campaign.runs.order_by("number")))
    behind = read_behind({"slice": "left"})
    assert behind is not None
    assert told == Left(people_behind(campaign, behind).count(), is_cut=False)
    return told.people


@pytest.mark.parametrize(
    ("fields", "people"),
    [
        ({}, 1),
        ({"hours": 23.9}, 1),
        ({"source": Source.BUTTON}, 1),
        ({"source": Source.WHATSAPP, "flag": "marketing stopped"}, 1),
        ({"hours": 24}, 0),
        ({"hours": -0.1}, 0),
        ({"source": Source.CONSOLE}, 0),
        ({"source": Source.IMPORT}, 0),
        ({"value": False}, 0),
        ({"match_key": 919000099999}, 0),
    ],
)
def test_who_left_by_themselves_within_a_day(
    campaign: Campaign, fields: dict[str, object], people: int
) -> None:
    leaves(sent(run_of(campaign)), **fields)  # type: ignore[arg-type]
    sent(run_of(campaign))
    assert left(campaign) == people


def test_who_left_twice_is_one_and_another_projects_is_nobody(campaign: Campaign) -> None:
    message = sent(run_of(campaign))
    leaves(message)
    leaves(message, 2)
    leaves(sent(run_of(campaign)), project=ProjectFactory.create())
    assert left(campaign) == 1


def test_who_was_never_sent_it_did_not_leave_because_of_it(campaign: Campaign) -> None:
    leaves(sent(run_of(campaign), state=State.QUEUED, sent_at=None))
    assert left(campaign) == 0


def test_whoever_got_a_second_try_counts_with_that(campaign: Campaign) -> None:
    first = sent(run_of(campaign))
    again = RunFactory.create(campaign=campaign, number=2, retry_of=run_of(campaign))
    sent(again, profile=first.profile, sent_at=BEGAN + timedelta(hours=2))
    leaves(first, 1)
    assert left(campaign) == 0
    leaves(first, 3)
    assert left(campaign) == 1


def test_of_very_many_the_newest_are_looked_at_and_that_is_said(
    campaign: Campaign, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_followed, "MOST_LEFT", 2)
    for hours in (1, 2, 3):
        leaves(sent(run_of(campaign)), hours)
    assert left_after(campaign, [run_of(campaign)]) == Left(2, is_cut=True)
    assert "only the newest 10,000" in viewer.get(page(campaign)).content.decode()


def test_a_campaign_that_has_not_begun_was_followed_by_nothing(project: Project) -> None:
    campaign = CampaignFactory.create(project=project)
    assert (left_after(campaign, []), newest_answers(campaign, [])) == (Left(0, is_cut=False), [])


def answers(message: Message, text: str, minutes: int, *, sends: str = "TEXT") -> None:
    reply = Reply(
        project_id=message.project_id,
        inbound_id=minutes,
        match_key=message.send_key or 0,
        at=BEGAN + timedelta(minutes=minutes),
        named=message.pk,
        properties={"Incoming text": text, "Incoming Message Type": sends},
    )
    credit([reply])


def test_the_newest_answers_lead_to_their_conversations(campaign: Campaign, viewer: Client) -> None:
    message = sent(run_of(campaign), profile__name="Asha")
    talk = ConversationFactory.create(project=campaign.project, match_key=message.send_key)
    other = sent(RunFactory.create(campaign__project=campaign.project))
    answers(other, "To another campaign", 50)
    for minutes in range(1, 8):
        answers(message, f"Word {minutes} <b>", minutes)
    found = newest_answers(campaign, [run_of(campaign)])
    assert [(one.who, one.text, one.conversation) for one in found] == [
        ("Asha", f"Word {minutes} <b>", talk.pk) for minutes in (7, 6, 5, 4, 3)
    ]
    text = viewer.get(page(campaign)).content.decode()
    assert f"/providers/conversation/{talk.pk}/change/" in text
    assert "Word 7 &lt;b&gt;" in text
    assert "another campaign" not in text


def test_an_answer_without_words_or_conversation_leads_to_its_message(
    campaign: Campaign, viewer: Client
) -> None:
    message = sent(run_of(campaign), profile__name="")
    answers(message, "x" * 5_000, 1)
    answers(message, "", 2, sends="IMAGE")
    answers(message, "", 3, sends="hologram")
    found = newest_answers(campaign, [run_of(campaign)])
    assert [(one.who, one.text, one.conversation) for one in found] == [
        (message.phone, "Something without words", None),
        (message.phone, "A picture", None),
        (message.phone, "x" * what_followed.LONGEST, None),
    ]
    assert f"/campaigns/message/{message.pk}/change/" in viewer.get(page(campaign)).content.decode()
