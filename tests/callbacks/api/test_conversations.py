"""A program reads what people wrote, and answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Lane, Message, MessageKind, Outbox
from providers.models import AuditEntry, Conversation, Project, Scope
from tests.campaigns.api.test_reading import get, walk
from tests.factories import (
    ConversationFactory,
    InboundMessageFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
)
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key, key_of, program
from tests.providers.api.test_own_key import code_of
from tests.providers.api.test_repeats import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(project: Project) -> Client:
    ProviderFactory.create(project=project, trial_ended_at=timezone.now())
    TemplateFactory.create(project=project, name="order_placed", category="UTILITY")
    return client_with_key(project, *Scope)


@pytest.fixture
def talk(project: Project) -> Conversation:
    made: Conversation = ConversationFactory.create(project=project, phone="+919000000001")
    return made


def reply(caller: Client, number: int, body: object) -> Any:
    address = f"/api/v1/conversations/{number}/reply"
    answer = caller.post(address, body, content_type="application/json")
    check(answer)
    return answer


def test_what_people_wrote_comes_in_its_order(
    project: Project, shop: Client, talk: Conversation
) -> None:
    person = ProfileFactory.create(project=project)
    said = [
        InboundMessageFactory.create(
            project=project, conversation=talk, profile=person, text=f"Line {n}", type="text"
        )
        for n in range(3)
    ]
    InboundMessageFactory.create(project=ProjectFactory.create(), text="Not ours")
    InboundMessageFactory.create(project=project, text="Another talk", type="text")
    told = list(walk(shop, "inbound", limit=2))
    assert [one["text"] for one in told] == ["Line 0", "Line 1", "Line 2", "Another talk"]
    assert (told[0]["conversation"], told[0]["profile"]) == (talk.pk, person.pk)
    newer = get(shop, "inbound", after=said[1].pk, conversation=talk.pk)["records"]
    assert [one["text"] for one in newer] == ["Line 2"]
    assert get(shop, "inbound", after="x") == (422, "query.wrong")


def test_conversations_are_found_by_phone_and_by_whether_somebody_has_to_read_them(
    project: Project, shop: Client, talk: Conversation
) -> None:
    other = ConversationFactory.create(project=project, is_unread=True)
    ConversationFactory.create(project=ProjectFactory.create(), phone=talk.phone)
    asked = [
        ({}, [talk.pk, other.pk]),
        ({"phone": "+91 90000 00001"}, [talk.pk]),
        ({"is_unread": "true"}, [other.pk]),
        ({"is_unread": "false"}, [talk.pk]),
    ]
    for query, numbers in asked:
        records = get(shop, "conversations", **query)["records"]
        assert [one["id"] for one in records] == numbers
    assert get(shop, "conversations", is_unread="maybe") == (422, "query.wrong")
    assert get(shop, "conversations", phone="12") == (422, "query.wrong")


def test_an_answer_goes_out_like_one_of_the_inbox(
    project: Project, shop: Client, talk: Conversation
) -> None:
    person = ProfileFactory.create(project=project, phone=talk.phone, match_key=talk.match_key)
    answer = reply(shop, talk.pk, {"text": "It is on its way."})
    message = Message.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"id": message.pk, "state": "queued"})
    assert (message.kind, message.profile_id) == (MessageKind.REPLY, person.pk)
    assert message.content == {"text": "It is on its way."}
    assert Outbox.objects.get().lane == Lane.URGENT
    entry = AuditEntry.objects.get(action="conversation.answered")
    assert (entry.key is not None, entry.by) == (True, None)
    template = {"template": "order_placed", "language": "en", "values": {"body.1": "Asha"}}
    assert reply(shop, talk.pk, template).status_code == 202
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "body.wrong"),
        ({"text": ""}, "body.wrong"),
        ({"text": "x" * 4_097}, "body.wrong"),
        ({"text": "a\0"}, "body.wrong"),
        ({"text": 5}, "body.wrong"),
        ({"text": "Hi", "template": "order_placed", "language": "en"}, "body.wrong"),
        ({"template": "order_placed"}, "body.wrong"),
        ({"template": "nothing", "language": "en"}, "body.wrong"),
        ({"template": "order_placed", "language": "en", "values": {"body.1": 5}}, "body.wrong"),
        ({"template": "order_placed", "language": "en", "values": []}, "body.wrong"),
        ({"template": "order_placed", "language": "en"}, "answer.refused"),
        ({"words": "Hi"}, "body.wrong"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    body: object, code: str, shop: Client, talk: Conversation
) -> None:
    assert code_of(reply(shop, talk.pk, body)) == (422, code)
    assert not Message.objects.exists()


def test_after_a_day_only_a_template_is_taken(shop: Client, talk: Conversation) -> None:
    Conversation.objects.update(window_until=timezone.now() - timedelta(minutes=1))
    assert code_of(reply(shop, talk.pk, {"text": "Hi"})) == (422, "answer.refused")


def test_answers_count_for_a_keys_day(project: Project, shop: Client, talk: Conversation) -> None:
    few = program(key_of(project, *Scope, sends_a_day=1)[1])
    assert reply(few, talk.pk, {"text": "One"}).status_code == 202
    assert code_of(reply(few, talk.pk, {"text": "Two"})) == (429, "key.day_spent")
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "body",
    [
        {"text": "One"},
        {"template": "order_placed", "language": "en", "values": {"body.1": "Asha"}},
    ],
)
def test_an_answer_that_went_out_a_moment_ago_is_not_counted_again(
    body: object, project: Project, shop: Client, talk: Conversation
) -> None:
    key, text = key_of(project, *Scope, sends_a_day=1)
    few = program(text)

    both = at_once(2, lambda _number: reply(program(text), talk.pk, body))
    answers = [*both, *(reply(few, talk.pk, body) for _ in range(3))]

    message = Message.objects.get()
    assert [(one.status_code, one.json()["id"]) for one in answers] == [(202, message.pk)] * 5
    assert AuditEntry.objects.filter(action="conversation.answered").count() == 1
    key.refresh_from_db()
    assert key.sent_today == 1
    assert code_of(reply(few, talk.pk, {"text": "Two"})) == (429, "key.day_spent")
    assert Message.objects.get() == message


def test_nobody_answers_in_another_project(shop: Client) -> None:
    theirs = ConversationFactory.create()
    assert code_of(reply(shop, theirs.pk, {"text": "Hi"})) == (404, "not_found")
    assert get(shop, f"conversations/{theirs.pk}") == (404, "not_found")
