"""From a shop to a first segment and an order's confirmation, by a client that knows nothing but
the API's document."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.audience.segments.counting import count_what_is_due
from providers.models import Project, Scope
from tests.campaigns.sending.test_loop import run_sender
from tests.factories import ProviderFactory, TemplateFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key

pytestmark = pytest.mark.django_db(transaction=True)

PHONES = [f"+91900000{n:04d}" for n in range(1, 6)]
ORDERED = {"on": "event", "event": "Ordered", "is": "did"}
LATELY = {**ORDERED, "when": {"last": 30, "unit": "days"}}


class MadeOfTheDocument:
    """Each operation is a method by its name, with the parts of its address and a body."""

    def __init__(self, caller: Client) -> None:
        self._caller = caller
        document = caller.get("/api/v1/openapi.json").json()
        self._root = document["servers"][0]["url"]
        self._operations = {
            operation["operationId"]: (method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        }

    def call(self, operation_id: str, body: object = None, /, **parts: Any) -> Any:
        method, path, operation = self._operations[operation_id]
        places = {one["name"]: one["in"] for one in operation["parameters"]}
        address = self._root + path.format(**{n: v for n, v in parts.items() if n in path})
        query = {n: v for n, v in parts.items() if places[n] == "query"}
        send = getattr(self._caller, method)
        if "requestBody" in operation:
            answer = send(address, json.dumps(body), content_type="application/json")
        else:
            answer = send(address, query)
        check(answer)
        assert answer.status_code < 300, answer.content
        return answer.json()


def test_a_shop_gets_to_a_segment_and_confirms_an_order(
    project: Project, simulator: SimulatorClient
) -> None:
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    TemplateFactory.create(project=project, name="order_placed", category="UTILITY")
    shop = MadeOfTheDocument(client_with_key(project, *Scope))

    people = [
        {"identity": f"c-{n}", "phone": phone, "name": f"Asha {n}", "MSG-whatsapp": True}
        for n, phone in enumerate(PHONES)
    ]
    sent_in = shop.call("upload_profiles", {"records": people, "create": True})
    assert sent_in["counts"] == {"created": 5}
    now = timezone.now().isoformat()
    orders = [
        {"identity": f"c-{n}", "name": "Ordered", "at": now, "id": f"o-{n}"} for n in range(3)
    ]
    assert shop.call("upload_events", {"records": orders})["counts"] == {"stored": 3}

    rule = {"version": 1, "match": "all", "conditions": [LATELY]}
    segment = shop.call("create_segment", {"name": "Ordered lately", "rule": rule})
    found = shop.call("list_people_of_segment", number=segment["id"])["records"]
    assert {person["identity"] for person in found} == {"c-0", "c-1", "c-2"}
    count_what_is_due()
    assert shop.call("get_segment", number=segment["id"])["people"] == 3

    (template,) = shop.call("list_templates", name="order_placed")["records"]
    (slot,) = shop.call("get_template", number=template["id"])["slots"]
    message = shop.call(
        "send_message",
        {
            "to": {"identity": "c-1"},
            "template": template["name"],
            "language": template["language"],
            "values": {slot["key"]: "Asha"},
        },
    )
    run_sender()
    assert shop.call("get_message", number=message["id"])["state"] == "sent"
    assert len(simulator.get("/_sim/chat", phone=PHONES[1][1:])["messages"]) == 1
    (told,) = shop.call("list_messages", about="c-1")["records"]
    assert (told["id"], told["kind"]) == (message["id"], "api")
