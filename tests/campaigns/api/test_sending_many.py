"""A program sends many messages by one call, and texts of its own: each gets its verdict."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.audience.subscriptions import set_block
from campaigns.models import Lane, Message, Outbox, Source, State
from providers.models import ApiAnswer, AuditEntry, Project
from templates_app.models import Template
from tests.campaigns.api.test_reading import get
from tests.campaigns.api.test_sending import PHONE, body, send
from tests.campaigns.sending.test_loop import run_sender
from tests.factories import ConversationFactory, ProfileFactory, ProjectFactory
from tests.gateway_simulator import SimulatorClient
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db(transaction=True)


def phone(number: int) -> str:
    return f"+91900000{number:04d}"


def to_phone(number: int, **changed: Any) -> dict[str, Any]:
    return body(to={"phone": phone(number)}, **changed)


def talk(project: Project, number: int, *, hours: float = 1) -> None:
    until = timezone.now() + timedelta(hours=24 - hours)
    e164 = phone(number)
    ConversationFactory.create(
        project=project, phone=e164, match_key=int(e164[1:]), window_until=until
    )


def outcomes(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 202, answer.content
    told = answer.json()
    found = [(one["outcome"], one.get("code", "")) for one in told["records"]]
    assert told["counts"] == {
        name: [one for one, _ in found].count(name) for name in {one for one, _ in found}
    }
    return found


def test_each_record_has_its_verdict_and_holds_up_no_other(
    project: Project, template: Template, shop: Client, simulator: SimulatorClient
) -> None:
    person = ProfileFactory.create(project=project, identity="c-1", phone=phone(1))
    ProfileFactory.create(project=ProjectFactory.create(), identity="c-2")
    set_block(project, int(phone(4)[1:]), blocked=True, source=Source.API, at=timezone.now())
    records: list[Any] = [
        body(to={"identity": "c-1"}),
        body(to={"identity": "c-2"}),
        to_phone(3, values={"body.1": "Ravi", "body.9": "secret-word"}),
        to_phone(4),
        to_phone(5, template="nothing"),
        "no object",
        to_phone(6, wrong_name=1),
        body(to={"phone": "12"}),
        to_phone(7),
    ]
    answer = send(shop, {"records": records})
    assert outcomes(answer) == [
        ("accepted", ""),
        ("refused", "message.unknown_person"),
        ("refused", "message.values"),
        ("refused", "message.number_blocked"),
        ("refused", "message.no_template"),
        ("refused", "body.wrong"),
        ("refused", "body.wrong"),
        ("refused", "message.phone_unreadable"),
        ("accepted", ""),
    ]
    told = answer.json()["records"]
    # Answers are kept for repeats, so nothing that was sent stands in them.
    assert told[2]["errors"][0]["path"] == "values"
    assert "secret-word" not in answer.content.decode()
    assert "wrong_name" not in answer.content.decode()
    numbers = [told[0]["id"], told[8]["id"]]
    assert list(Outbox.objects.order_by("pk").values_list("message_id", "lane")) == [
        (number, Lane.DIRECT) for number in numbers
    ]
    assert Message.objects.get(pk=numbers[0]).profile_id == person.pk
    entry = AuditEntry.objects.get(action="message.accepted")
    assert (entry.note, entry.key is not None) == ("2 messages", True)

    run_sender()

    assert [get(shop, f"messages/{number}")["state"] for number in numbers] == ["sent", "sent"]
    assert len(simulator.get("/_sim/chat", phone=phone(7)[1:])["messages"]) == 1


def test_a_repeat_sends_nothing_again(template: Template, shop: Client) -> None:
    wanted = {"records": [to_phone(1), to_phone(2)]}
    answers = [send(shop, wanted, **{"Idempotency-Key": "orders"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (Message.objects.count(), ApiAnswer.objects.count()) == (2, 1)


def test_many_cost_as_many_statements_as_two(
    project: Project, template: Template, shop: Client
) -> None:
    for number in range(100):
        ProfileFactory.create(project=project, identity=f"c-{number}", phone=phone(number))

    def statements(of: range) -> int:
        halves = [body(to={"identity": f"c-{n}"}) if n % 2 else to_phone(n) for n in of]
        with CaptureQueriesContext(connection) as made:
            assert outcomes(send(shop, {"records": halves})) == [("accepted", "")] * len(of)
        return len(made)

    for _ in range(2):  # whatever is read once; the first call is noted as the key's last use
        statements(range(2))
    assert statements(range(2, 4)) == statements(range(4, 100))


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ([], (202, "")),
        ({}, (422, "body.wrong")),
        (None, (422, "body.wrong")),
        ([body()] * 1_001, (422, "body.wrong")),
    ],
)
def test_lists_that_are_none(
    records: object, found: tuple[int, str], template: Template, shop: Client
) -> None:
    answer = send(shop, {"records": records})
    assert (answer.status_code, answer.json().get("code", "")) == found
    assert not Message.objects.exists()
    assert not AuditEntry.objects.filter(action="message.accepted").exists()


def test_of_a_thousand_every_other_is_bad(template: Template, shop: Client) -> None:
    nobody = body(to={"identity": "nobody"})
    records = [nobody if n % 2 else to_phone(n) for n in range(1_000)]
    told = outcomes(send(shop, {"records": records}))
    assert told == [("accepted", ""), ("refused", "message.unknown_person")] * 500
    assert (Message.objects.count(), Outbox.objects.count()) == (500, 500)


def test_a_list_takes_nothing_beside_it(template: Template, shop: Client) -> None:
    assert code_of(send(shop, {"records": [], **body()})) == (422, "body.wrong")


def test_without_a_provider_none_is_taken(project: Project, shop: Client) -> None:
    assert code_of(send(shop, {"records": [to_phone(1)]})) == (422, "message.not_connected")


def test_a_text_reaches_who_wrote_lately(
    project: Project, template: Template, shop: Client, simulator: SimulatorClient
) -> None:
    talk(project, 1)
    talk(project, 2, hours=25)
    talk(ProjectFactory.create(), 3)
    text = {"text": " Your parcel {{ profile.name }} is here. "}
    records = [{"to": {"phone": phone(number)}, **text} for number in (1, 2, 3)]
    shut = ("refused", "message.window_shut")
    answer = send(shop, {"records": records})
    assert outcomes(answer) == [("accepted", ""), shut, shut]
    assert code_of(send(shop, records[1])) == (422, "message.window_shut")
    simulator.inbound(phone(1)[1:], text="Hello")
    run_sender()
    message = Message.objects.get()
    assert (message.state, message.content) == (
        State.SENT,
        {"text": "Your parcel {{ profile.name }} is here."},
    )
    set_block(project, int(phone(1)[1:]), blocked=True, source=Source.API, at=timezone.now())
    assert code_of(send(shop, records[0])) == (422, "message.number_blocked")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"text": ""}, "body.wrong"),
        ({"text": "  "}, "message.no_text"),
        ({"text": "x" * 4_097}, "body.wrong"),
        ({"text": "a\0"}, "body.wrong"),
        ({"text": 7}, "body.wrong"),
        ({"text": "Hello", "template": "order_placed"}, "body.wrong"),
        ({"text": "Hello", "values": {}}, "body.wrong"),
        ({}, "body.wrong"),
    ],
)
def test_texts_that_are_none(
    wanted: dict[str, Any], code: str, project: Project, template: Template, shop: Client
) -> None:
    talk(project, 1)
    assert code_of(send(shop, {"to": {"phone": PHONE}, **wanted})) == (422, code)
    assert not Message.objects.exists()
