"""A program sends one message: what is accepted, refused, and what comes of it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.audience.subscriptions import MarketingWish, set_block, set_marketing
from campaigns.models import Lane, Message, MessageKind, Outbox, Reason, Source, State
from campaigns.outbox.enqueueing import enqueue
from campaigns.outbox.withdrawing import withdraw
from campaigns.sending.claiming import claim_bulk, claim_direct, claim_urgent
from campaigns.sending.finding_due import find_due
from providers.models import AuditEntry, Project, Provider, Scope
from templates_app.models import Template
from tests.campaigns.api.test_reading import get
from tests.campaigns.sending.test_loop import run_sender
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProjectFactory,
    RunFactory,
    TemplateFactory,
)
from tests.gateway_simulator import SimulatorClient
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db(transaction=True)

PHONE, KEY = "+919000000001", 919000000001
AT = "/api/v1/messages:send"


def body(**changed: Any) -> dict[str, Any]:
    usual = {
        "to": {"phone": PHONE},
        "template": "order_placed",
        "language": "en",
        "values": {"body.1": "Asha"},
    }
    return {name: value for name, value in (usual | changed).items() if value is not ...}


def send(caller: Client, wanted: object, **headers: str) -> Any:
    answer = caller.post(AT, wanted, content_type="application/json", headers=headers)
    check(answer)
    return answer


def refusal(caller: Client, **changed: Any) -> tuple[int, str]:
    found = code_of(send(caller, body(**changed)))
    assert not Message.objects.exists()
    return found


def test_an_order_is_confirmed(
    project: Project, template: Template, shop: Client, simulator: SimulatorClient
) -> None:
    person = ProfileFactory.create(project=project, phone=PHONE, match_key=KEY, subscribed=None)
    wanted = body(values={"body.1": "{{ profile.email }} & Co"}, category="UTILITY")
    answers = [send(shop, wanted, **{"Idempotency-Key": "order-77"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    number = answers[0].json()["id"]
    assert answers[1].json() == {"id": number, "state": "queued"}
    assert get(shop, f"messages/{number}")["state"] == "queued"
    assert Outbox.objects.get().lane == Lane.DIRECT

    run_sender()

    told = get(shop, f"messages/{number}")
    assert (told["state"], told["kind"], told["profile"]) == ("sent", "api", person.pk)
    (said,) = simulator.get("/_sim/chat", phone=PHONE[1:])["messages"]
    # Whatever looks like a placeholder in a value is text.
    assert said["text"].endswith(": {{ profile.email }} & Co")
    entry = AuditEntry.objects.get(action="message.accepted")
    assert (entry.key is not None, entry.target_id, entry.note) == (True, str(number), "")


def test_a_phone_that_nobody_has_gets_utility_messages(template: Template, shop: Client) -> None:
    assert send(shop, body()).status_code == 202
    assert Message.objects.get().profile_id is None


def test_a_person_is_named_by_identity(project: Project, template: Template, shop: Client) -> None:
    """Their number was judged when it was stored, whatever becomes of what numbers are in use."""
    person = ProfileFactory.create(project=project, identity="c-1", phone="+911234567890")
    ProfileFactory.create(project=ProjectFactory.create(), identity="c-2")
    ProfileFactory.create(project=project, identity="c-3", phone="", match_key=None)
    to = {name: {"identity": name} for name in ("c-2", "c-3", "c-1")}
    assert refusal(shop, to=to["c-2"]) == (422, "message.unknown_person")
    assert refusal(shop, to=to["c-3"]) == (422, "message.no_phone")
    assert send(shop, body(to=to["c-1"])).status_code == 202
    message = Message.objects.get()
    assert (message.phone, message.profile_id) == (person.phone, person.pk)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"template": "nothing"}, "message.no_template"),
        ({"language": "hi"}, "message.no_template"),
        ({"category": "MARKETING"}, "message.other_category"),
        ({"category": "FREE"}, "body.wrong"),
        ({"to": {"phone": "12"}}, "message.phone_unreadable"),
        ({"to": {}}, "body.wrong"),
        ({"to": {"phone": PHONE, "identity": "c-1"}}, "body.wrong"),
        ({"to": {"phone": PHONE, "email": "a@example.com"}}, "body.wrong"),
        ({"to": [PHONE]}, "body.wrong"),
        ({"to": {"identity": "a\0"}}, "body.wrong"),
        ({"to": {"identity": "\ud800"}}, "body.wrong"),
        ({"to": {"phone": 919000000001}}, "body.wrong"),
        ({"values": {}}, "message.values"),
        ({"values": ...}, "message.values"),
        ({"values": {"body.1": " "}}, "message.values"),
        ({"values": {"body.1": "a", "body.2": "b"}}, "message.values"),
        ({"values": {"body.1": "{{ " + "x" * 2_000}}, "message.values"),
        ({"values": {"body.1": "x" * 1_100}}, "message.values"),
        ({"values": {"body.1": "x" * 4_097}}, "body.wrong"),
        ({"values": {"body.1": 7}}, "body.wrong"),
        ({"values": {"body.1": "\0"}}, "body.wrong"),
        ({"values": {"\ud800": "a"}}, "message.values"),
        ({"values": {f"k{n}": "a" for n in range(101)}}, "body.wrong"),
        ({"template": "a\0b"}, "body.wrong"),
        ({"when": "now"}, "body.wrong"),
        ({"template": ...}, "body.wrong"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_sent(
    changed: dict[str, Any], code: str, template: Template, shop: Client
) -> None:
    assert refusal(shop, **changed) == (422, code)


def test_what_is_wrong_with_a_value_is_said_at_its_place(template: Template, shop: Client) -> None:
    answer = send(shop, body(values={"body.2": "b"})).json()
    assert {part["path"] for part in answer["errors"]} == {"values.body.1", "values.body.2"}


def test_only_approved_templates_go_out(template: Template, shop: Client) -> None:
    Template.objects.update(status="paused")
    assert refusal(shop) == (422, "message.not_approved")


def test_nothing_goes_out_without_a_provider(project: Project, shop: Client) -> None:
    TemplateFactory.create(project=project, name="order_placed")
    assert refusal(shop) == (422, "message.not_connected")


def test_who_may_not_send_sends_nothing(project: Project, template: Template) -> None:
    caller = client_with_key(project, Scope.READ, Scope.WRITE)
    assert refusal(caller) == (403, "key.scope")


def test_nobody_is_written_to_who_does_not_want_it(
    project: Project, template: Template, shop: Client
) -> None:
    at = timezone.now()
    person = ProfileFactory.create(project=project, phone=PHONE, match_key=KEY, subscribed=None)
    Template.objects.update(category="MARKETING")
    assert refusal(shop) == (422, "message.not_subscribed")
    person.subscribed = True
    person.save()
    wish = MarketingWish(project_id=project.pk, match_key=KEY, stopped=True, at=at)
    set_marketing([wish])
    assert refusal(shop) == (422, "message.marketing_stopped")
    Template.objects.update(category="UTILITY")
    set_block(project, KEY, blocked=True, source=Source.KEYWORD, at=at)
    assert refusal(shop) == (422, "message.number_blocked")
    set_block(project, KEY, blocked=False, source=Source.CONSOLE, at=at)
    assert send(shop, body()).status_code == 202


def test_trial_mode_reaches_test_profiles_only(
    project: Project, template: Template, shop: Client
) -> None:
    Provider.objects.update(trial_ended_at=None)
    assert refusal(shop) == (422, "message.trial_mode")
    ProfileFactory.create(project=project, phone=PHONE, match_key=KEY, is_test=True)
    assert send(shop, body()).status_code == 202


def test_who_opts_out_before_it_leaves_gets_nothing(
    project: Project, template: Template, shop: Client
) -> None:
    wanted = [body(to={"phone": phone}) for phone in (PHONE, "+919000000002")]
    numbers = [send(shop, one).json()["id"] for one in wanted]
    set_block(project, KEY, blocked=True, source=Source.KEYWORD, at=timezone.now())
    (due,) = find_due()
    assert [claim.message_id for claim in claim_direct(due, limit=9)] == numbers[1:]
    message = Message.objects.get(pk=numbers[0])
    assert (message.state, message.reason) == (State.SUPPRESSED, Reason.NUMBER_BLOCKED)
    assert Outbox.objects.count() == 1


def test_it_waits_behind_answers_and_before_campaigns(
    project: Project, template: Template, shop: Client
) -> None:
    run = RunFactory.create(campaign=CampaignFactory.create(project=project, status="running"))
    OutboxFactory.create(message=MessageFactory.create(run=run))
    number = send(shop, body()).json()["id"]
    text = {"phone": PHONE, "match_key": KEY, "text": "You will get no more messages."}
    answer = enqueue(project, kind=MessageKind.CONFIRMATION, **text)  # type: ignore[arg-type]
    (due,) = find_due()
    assert (due.urgent, due.direct, len(due.campaigns)) == (1, 1, 1)
    claimed = [claim(due, limit=9) for claim in (claim_urgent, claim_direct, claim_bulk)]
    assert [[one.message_id for one in each] for each in claimed[:2]] == [[answer.pk], [number]]
    assert len(claimed[2]) == 1


def test_a_disconnected_provider_takes_back_what_waits(
    project: Project, template: Template, shop: Client
) -> None:
    send(shop, body())
    withdraw(project.pk)
    message = Message.objects.get()
    assert (message.reason, Outbox.objects.exists()) == (Reason.DISCONNECTED, False)
