"""The list of messages, how one is found, and the page that tells its life."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from campaigns.models import Message, MessageKind, OutboxState, Reason, Run, State
from campaigns.results import walking
from providers.gateway.codes import OF_FEW, OF_THE_ACCOUNT, UNEXPLAINED
from providers.models import Project
from tests.campaigns.audience.words.indexing import index_everybody
from tests.campaigns.states import NOON
from tests.factories import (
    EventFactory,
    GatewayIdFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    RunFactory,
    VariantFactory,
)

LIST = "/campaigns/message/"


@pytest.fixture
def run(project: Project) -> Run:
    return RunFactory.create(campaign__project=project)


def shown(response: Any) -> str:
    return " ".join(response.content.decode().split())


def listed(client: Client, **query: Any) -> list[int]:
    return [message.pk for message in client.get(LIST, query).context["cl"].result_list]


def page(message: Message) -> str:
    return f"{LIST}{message.pk}/change/"


# The list -----------------------------------------------------------------------------------------


def test_the_newest_message_stands_first(run: Run, viewer: Client) -> None:
    messages = MessageFactory.create_batch(3, run=run)
    assert listed(viewer) == [message.pk for message in messages[::-1]]


def test_a_name_finds_the_messages_of_whom_it_begins(
    project: Project, run: Run, viewer: Client
) -> None:
    anna = ProfileFactory.create(project=project, name="Anna Berg", identity="Meyer")
    meyer = ProfileFactory.create(project=project, name="Otto Meyer")
    hers, his = (MessageFactory.create(run=run, profile=one) for one in (anna, meyer))
    left_out = MessageFactory.create(
        run=RunFactory.create(campaign__project=project),
        profile=anna,
        state=State.SUPPRESSED,
        send_key=None,
    )
    MessageFactory.create(profile__name="Anna Elsewhere")
    index_everybody()
    assert listed(viewer, q="ann ber") == [left_out.pk, hers.pk]
    assert listed(viewer, q="otto") == [his.pk]
    assert listed(viewer, q="Meyer") == [left_out.pk, hers.pk]  # an identity is meant first
    assert (listed(viewer, q="nobody"), listed(viewer, q="%"), listed(viewer, q="'")) == (
        [],
        [],
        [],
    )


def test_messages_are_found_by_when_they_were_queued(run: Run, viewer: Client) -> None:
    old, new = MessageFactory.create_batch(2, run=run)
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert listed(viewer, queued="week") == [new.pk]
    assert listed(viewer, queued="month") == [new.pk, old.pk]
    assert listed(viewer, queued="day", campaign=run.campaign_id) == [new.pk]


def test_messages_of_one_day_are_found_by_the_projects_clocks(run: Run, viewer: Client) -> None:
    """Midnight in Kolkata is half past six in the evening of UTC."""
    messages = MessageFactory.create_batch(5, run=run)
    hours = ("01T18:29:59", "01T18:30:00", "02T12:00:00", "02T18:29:59", "02T18:30:00")
    for message, hour in zip(messages, hours, strict=True):
        Message.objects.filter(pk=message.pk).update(created_at=f"2026-03-{hour}Z")
    expected = [message.pk for message in messages[3:0:-1]]
    assert listed(viewer, day="2026-03-02") == expected
    assert listed(viewer, day="2026-03-02", campaign=run.campaign_id) == expected
    assert listed(viewer, day="2026-03-04") == []
    assert listed(viewer, day="1999-01-01") == []
    assert "Queued on: 2 March 2026" in shown(viewer.get(LIST, {"day": "2026-03-02"}))


def test_messages_with_one_code_are_found_by_it(run: Run, viewer: Client) -> None:
    failed = MessageFactory.create(run=run, state=State.FAILED, code="101")
    MessageFactory.create(run=run, state=State.FAILED, code="1010")
    assert listed(viewer, code="101") == [failed.pk]
    text = shown(viewer.get(LIST, {"code": "101", "slice": "failed"}))
    assert 'name="code" value="101"' in text
    assert 'type="hidden" name="slice" value="failed"' in text
    for wrong in ("x" * 500, "'; --", "<b>"):
        assert listed(viewer, code=wrong) == []


@pytest.mark.parametrize("day", ["", "x", "2026-02-30", "9999-12-31", "0001-01-01", "٢", "1" * 400])
def test_what_is_no_day_is_no_error(run: Run, viewer: Client, day: str) -> None:
    MessageFactory.create(run=run)
    assert viewer.get(LIST, {"day": day}).status_code == 200


def test_a_day_long_ago_is_gone_to_at_once(
    run: Run, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many came after it."""
    monkeypatch.setattr(walking, "WINDOW", 3)
    messages = MessageFactory.create_batch(30, run=run)
    for number, message in enumerate(messages):
        at = f"2026-03-{number + 1:02}T12:00:00Z"
        Message.objects.filter(pk=message.pk).update(created_at=at)
    assert listed(viewer, day="2026-03-04") == [messages[3].pk]


def test_a_message_in_a_workers_hands_reads_sending(run: Run, viewer: Client) -> None:
    claimed, waiting = MessageFactory.create_batch(2, run=run)
    OutboxFactory.create(message=claimed, state=OutboxState.CLAIMED)
    OutboxFactory.create(message=waiting)
    text = shown(viewer.get(LIST))
    assert (text.count(">Sending<"), text.count('kb-grey">Queued<')) == (1, 1)


def test_a_reason_is_told_in_words(run: Run, viewer: Client) -> None:
    MessageFactory.create(run=run, state=State.FAILED, reason=Reason.REPORTED, code="003")
    MessageFactory.create(run=run, state=State.SUPPRESSED, reason=Reason.NO_PHONE, phone="")
    text = shown(viewer.get(LIST))
    assert "This number is not on WhatsApp" in text
    assert "No phone number" in text


def test_the_list_is_walked_page_by_page(run: Run, viewer: Client) -> None:
    messages = MessageFactory.create_batch(51, run=run)
    first = viewer.get(LIST).context["cl"]
    second = viewer.get(LIST + first.older).context["cl"]
    assert [m.pk for m in first.result_list] == [m.pk for m in messages[:0:-1]]
    assert [m.pk for m in second.result_list] == [messages[0].pk]
    assert (first.newest, second.older, second.newest) == ("", "", "?")
    assert (first.found_words, second.found_words) == ("more than 50 found", "older ones")


def test_a_full_last_page_has_nothing_older(run: Run, viewer: Client) -> None:
    MessageFactory.create_batch(50, run=run)
    shown_list = viewer.get(LIST).context["cl"]
    assert (shown_list.older, shown_list.result_count) == ("", 50)


def walked(viewer: Client, **filters: Any) -> list[tuple[list[int], str]]:
    """All pages one after the other: which messages each shows, and what leads on from it."""
    address, pages = f"{LIST}?{urlencode(filters)}", []
    while address:
        found = viewer.get(address).context["cl"]
        more = found.older_words if found.older else ""
        pages.append(([m.pk for m in found.result_list], more))
        address = LIST + found.older if found.older else ""
    return pages


def test_an_answer_is_found_at_once_however_many_came_after_it(
    run: Run, project: Project, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "WINDOW", 3)
    reply = MessageFactory.create(run=None, project=project, kind=MessageKind.AUTO_REPLY)
    MessageFactory.create_batch(5, run=run)
    assert walked(viewer, kind=3) == [([reply.pk], "")]


def test_what_few_messages_have_is_looked_for_among_the_newest_and_then_further_back(
    run: Run, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "WINDOW", 3)
    failed = MessageFactory.create(run=run, state=State.FAILED, reason=Reason.REFUSED)
    MessageFactory.create_batch(5, run=run)
    looked_at = [([], "Look further back"), ([failed.pk], "Look further back"), ([], "")]
    assert walked(viewer, reason="refused") == looked_at
    assert walked(viewer, reason="refused", kind=1, slice="failed") == looked_at


def test_a_campaigns_messages_are_walked_too(
    run: Run, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "WINDOW", 3)
    messages = MessageFactory.create_batch(5, run=run)
    MessageFactory.create()
    Message.objects.filter(pk=messages[0].pk).update(state=State.FAILED)
    found = [([], "Look further back"), ([messages[0].pk], "")]
    assert walked(viewer, campaign=run.campaign_id, slice="failed") == found
    assert walked(viewer, run=run.pk, slice="failed") == found
    assert walked(viewer, campaign=run.campaign_id, q=messages[1].phone) == [([messages[1].pk], "")]


def test_nobody_counts_all_messages(
    run: Run, viewer: Client, django_assert_max_num_queries: Any
) -> None:
    MessageFactory.create_batch(3, run=run)
    with django_assert_max_num_queries(12) as captured:
        viewer.get(LIST)
    counts = [q["sql"] for q in captured.captured_queries if "COUNT(" in q["sql"]]
    assert counts == []


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30])
def test_a_place_that_means_nothing_is_the_start(before: str, run: Run, viewer: Client) -> None:
    message = MessageFactory.create(run=run)
    assert listed(viewer, before=before) == [message.pk]


def test_an_empty_list_says_what_will_stand_there(project: Project, viewer: Client) -> None:
    assert "No messages yet" in shown(viewer.get(LIST))


# Filters ------------------------------------------------------------------------------------------


def test_messages_are_filtered_by_campaign_result_kind_reason_and_code(
    run: Run, project: Project, viewer: Client
) -> None:
    reply = MessageFactory.create(run=None, project=project, kind=MessageKind.AUTO_REPLY)
    sent = MessageFactory.create(run=run, state=State.SENT, sent_at=NOON)
    refused = MessageFactory.create(run=run, state=State.FAILED, reason=Reason.REFUSED, code="105")
    other = MessageFactory.create(run__campaign__project=project)
    assert listed(viewer, campaign=run.campaign_id) == [refused.pk, sent.pk]
    assert listed(viewer, campaign=run.campaign_id, slice="sent") == [sent.pk]
    assert listed(viewer, kind=MessageKind.AUTO_REPLY.value) == [reply.pk]
    assert listed(viewer, reason="refused", code="105") == [refused.pk]
    assert listed(viewer, reason="refused", code="003") == []
    assert listed(viewer, slice="queued") == [other.pk, reply.pk]


@pytest.mark.parametrize(
    "query", [{"campaign": "x"}, {"campaign": "999999"}, {"kind": "x"}, {"slice": "x"}]
)
def test_a_filter_that_means_nothing_is_no_error(
    query: dict[str, str], run: Run, viewer: Client
) -> None:
    assert viewer.get(LIST, query).status_code == 200


def test_the_list_says_what_it_is_limited_to(run: Run, viewer: Client) -> None:
    text = shown(viewer.get(LIST, {"campaign": run.campaign_id, "slice": "sent"}))
    assert f"<span>Campaign: {run.campaign}</span>" in text
    assert "<span>Result: Sent</span>" in text


# Search -------------------------------------------------------------------------------------------


@pytest.fixture
def asha(project: Project) -> Any:
    return ProfileFactory.create(
        project=project, identity="asha-7", phone="+919000011122", match_key=919000011122
    )


@pytest.mark.parametrize(
    "written", ["+919000011122", "+91 90000 11122", "09000011122", "9000011122", "00919000011122"]
)
def test_a_phone_is_found_however_it_is_written(
    written: str, run: Run, asha: Any, viewer: Client
) -> None:
    sent = MessageFactory.create(run=run, profile=asha)
    MessageFactory.create(run=run)
    assert listed(viewer, q=written) == [sent.pk]


def test_a_strangers_phone_is_found_too(run: Run, project: Project, viewer: Client) -> None:
    reply = MessageFactory.create(
        run=None,
        project=project,
        kind=MessageKind.AUTO_REPLY,
        profile=None,
        phone="+919000099999",
        send_key=919000099999,
    )
    assert listed(viewer, q="+919000099999") == [reply.pk]


def test_a_person_is_found_by_identity_also_where_nothing_was_sent(
    run: Run, project: Project, asha: Any, viewer: Client
) -> None:
    sent = MessageFactory.create(run=run, profile=asha)
    later = RunFactory.create(campaign__project=project)
    suppressed = MessageFactory.create(
        run=later, profile=asha, state=State.SUPPRESSED, reason=Reason.NUMBER_BLOCKED, send_key=None
    )
    MessageFactory.create(run=later)
    assert listed(viewer, q="asha-7") == [suppressed.pk, sent.pk]
    assert listed(viewer, q="sha-7") == []


def test_a_message_is_found_by_gupshups_id_and_by_ours(run: Run, viewer: Client) -> None:
    message = MessageFactory.create(run=run)
    strange = GatewayIdFactory.create(message=MessageFactory.create(run=run))
    assert listed(viewer, q=f"4687162516402000001-{message.pk}-1") == [message.pk]
    assert listed(viewer, q=f"{message.pk}-1") == [message.pk]
    assert listed(viewer, q=strange.external_id) == [strange.message_id]


def test_another_projects_messages_are_not_found(run: Run, viewer: Client) -> None:
    theirs = GatewayIdFactory.create()
    asked = [theirs.external_id, f"{theirs.message_id}-1", theirs.message.phone]
    assert [listed(viewer, q=text) for text in asked] == [[], [], []]


# One message --------------------------------------------------------------------------------------


def test_the_page_tells_the_life_of_a_message(run: Run, viewer: Client) -> None:
    message = MessageFactory.create(
        run=run,
        variant=VariantFactory.create(campaign=run.campaign),
        state=State.READ,
        attempt=2,
        external_id="4687162516402000001-7-2",
        created_at=NOON,
        sent_at=NOON + timedelta(seconds=1),
        delivered_at=NOON + timedelta(seconds=2),
        read_at=NOON + timedelta(seconds=3),
        clicked_at=NOON + timedelta(seconds=5),
        replied_at=NOON + timedelta(seconds=4),
    )
    EventFactory.create(
        message=message, project=run.campaign.project, name="Notification Sent", at=NOON
    )
    response = viewer.get(page(message))
    assert [moment.title for moment in response.context["life"]] == [
        "Queued",
        "Sent",
        "Delivered",
        "Viewed",
        "Replied",
        "Clicked",
    ]
    text = shown(response)
    assert "4687162516402000001-7-2" in text
    assert "Notification Sent" in text
    assert f"Hello {message.profile.name}, our summer sale starts today." in text
    assert "Rebuilt: what was filled in is not kept." in text


@pytest.mark.parametrize(
    ("fields", "outbox", "last"),
    [
        ({}, None, ("Waiting for its turn", "")),
        ({}, {"state": OutboxState.CLAIMED, "attempt": 1}, ("Sending", "Attempt 1 is under way.")),
        (
            {"attempt": 2, "code": "http_429", "detail": "Too many requests"},
            {"attempt": 2},
            (
                "Waiting for another try",
                "Tried 2 times. The last answer: http_429 Too many requests",
            ),
        ),
        (
            {"state": State.SUPPRESSED, "reason": Reason.NO_PHONE},
            None,
            ("Suppressed", "No phone number"),
        ),
        (
            {"state": State.FAILED, "reason": Reason.REPORTED, "code": "003", "failed_at": NOON},
            None,
            ("Failed", "This number is not on WhatsApp"),
        ),
        (
            {"state": State.UNKNOWN, "reason": Reason.UNKNOWN, "failed_at": NOON},
            None,
            (
                "Failed",
                "Gupshup gave no answer and no report came: nobody knows whether it arrived",
            ),
        ),
    ],
)
def test_the_last_thing_told_is_how_it_stands(
    fields: dict[str, Any],
    outbox: dict[str, Any] | None,
    last: tuple[str, str],
    run: Run,
    viewer: Client,
) -> None:
    message = MessageFactory.create(run=run, **fields)
    if outbox is not None:
        OutboxFactory.create(message=message, **outbox)
    moment = viewer.get(page(message)).context["life"][-1]
    assert (moment.title, moment.detail) == last


@pytest.mark.parametrize(
    ("others", "advice"),
    [
        (["", "", "", "903"], UNEXPLAINED),
        (["", "", "", "", "", "", ""], OF_FEW),
        (["903", "903", "", "903"], OF_THE_ACCOUNT),
        ([], UNEXPLAINED),
    ],
)
def test_the_advice_for_an_unknown_code_looks_at_those_beside_it(
    others: list[str], advice: str, run: Run, viewer: Client
) -> None:
    def sent(code: str) -> Message:
        if not code:
            return MessageFactory.create(run=run, state=State.SENT, attempt=1)
        failed = {"state": State.FAILED, "reason": Reason.REFUSED, "code": code}
        return MessageFactory.create(run=run, attempt=1, **failed)

    half = len(others) // 2
    for code in others[:half]:
        sent(code)
    MessageFactory.create(run=run, state=State.SUPPRESSED, reason=Reason.NO_PHONE, phone="")
    message = sent("903")
    for code in others[half:]:
        sent(code)
    assert escape(advice) in shown(viewer.get(page(message)))


def test_a_session_message_shows_its_text(project: Project, viewer: Client) -> None:
    reply = MessageFactory.create(
        run=None,
        project=project,
        kind=MessageKind.AUTO_REPLY,
        profile=None,
        phone="+919000099999",
        content={"text": "We are open from 9 to 6."},
    )
    text = shown(viewer.get(page(reply)))
    assert ("We are open from 9 to 6." in text, "Nobody in the project" in text) == (True, True)


def test_a_message_cant_be_changed_by_anybody(run: Run, project_admin: Client) -> None:
    message = MessageFactory.create(run=run)
    project_admin.post(page(message), {"state": "60"})
    assert Message.objects.get().state == State.QUEUED
    assert project_admin.post(f"{LIST}{message.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999"])
def test_a_message_that_is_not_there_is_not_found(
    pk: str, project: Project, viewer: Client
) -> None:
    assert viewer.get(f"{LIST}{pk}/change/").status_code == 404
