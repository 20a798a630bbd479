"""A shop's script over real HTTP, beside real workers: customers and orders by CleverTap's calls
and by ours, a segment that counts them, an order confirmed, a campaign, its numbers read back."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project, Scope
from tests.factories import ProviderFactory, TemplateFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.providers.api.keys import key_of
from tests.workers import celery_worker

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SECONDS = 60.0
PHONES = [f"+91900000{n:04d}" for n in range(1, 7)]
ORDERED = {"on": "event", "event": "Charged", "is": "did"}
LATELY = {**ORDERED, "when": {"last": 30, "unit": "days"}}


class Shop:
    """What its script knows: an address and a key."""

    def __init__(self, address: str, account: str, key: str) -> None:
        self._address = address
        self._ours = {"Authorization": f"Bearer {key}"}
        self._theirs = {"X-CleverTap-Account-Id": account, "X-CleverTap-Passcode": key}

    def there(self, path: str, body: object) -> Any:
        return self._call("POST", f"/1/{path}", body, self._theirs)[0]

    def get(self, path: str) -> Any:
        return self._call("GET", f"/api/v1/{path}", None, self._ours)[0]

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._call("POST", f"/api/v1/{path}", body, self._ours | more)[0]

    def version_of(self, path: str) -> str:
        return str(self._call("GET", f"/api/v1/{path}", None, self._ours)[1]["ETag"])

    def _call(
        self, method: str, path: str, body: object, headers: Mapping[str, str]
    ) -> tuple[Any, Mapping[str, str]]:
        data = None if body is None else json.dumps(body).encode()
        whole = {"Content-Type": "application/json", **headers}
        call = Request(self._address + path, data=data, method=method, headers=whole)
        with urlopen(call, timeout=SECONDS) as answer:
            return json.load(answer), answer.headers


def until(what: Callable[[], Any]) -> Any:
    """What it gives, once that is something."""
    ends = time.monotonic() + SECONDS
    while not (given := what()):
        assert time.monotonic() < ends
        time.sleep(0.1)
    return given


@pytest.fixture
def simulator(live_server: LiveServer, settings: Settings) -> Iterator[SimulatorClient]:
    with running_simulator() as client:
        settings.GATEWAY_SEND_URL = client.gateway_url
        settings.PUBLIC_BASE_URL = live_server.url
        yield client


@pytest.fixture
def shop(
    project: Project, live_server: LiveServer, simulator: SimulatorClient, tmp_path: Path
) -> Iterator[Shop]:
    ProviderFactory.create(project=project, rate=500, trial_ended_at=timezone.now(), **CREDENTIALS)
    TemplateFactory.create(project=project, name="order_placed", category="UTILITY")
    base, secret = f"{live_server.url}/gupshup", whole_key(current_key(project))
    simulator.register(
        status_url=f"{base}/status?a={secret}", response_url=f"{base}/response?a={secret}"
    )
    key, text = key_of(project, *Scope)
    environment = {"GATEWAY_SEND_URL": simulator.gateway_url, "PUBLIC_BASE_URL": live_server.url}
    with celery_worker(schedule=tmp_path / "beat", **environment):
        yield Shop(live_server.url, key.public_id, text)


def as_there(number: int) -> list[dict[str, Any]]:
    """A customer and their order, as CleverTap's calls have them."""
    person = {"Name": f"Asha {number}", "Phone": PHONES[number], "MSG-whatsapp": True}
    who = {"identity": f"c-{number}", "ts": int(time.time())}
    return [
        {**who, "type": "profile", "profileData": person},
        {**who, "type": "event", "evtName": "Charged", "evtData": {"Amount": 450.5}},
    ]


def test_a_shop_uploads_counts_confirms_an_order_and_reads_what_became_of_it(
    shop: Shop, simulator: SimulatorClient
) -> None:
    uploaded = shop.there("upload", {"d": [*as_there(0), *as_there(1)]})
    assert uploaded == {"status": "success", "processed": 4, "unprocessed": []}
    people = [
        {"identity": f"c-{n}", "phone": PHONES[n], "name": f"Asha {n}", "MSG-whatsapp": True}
        for n in range(2, 6)
    ]
    assert shop.post("profiles", {"records": people, "create": True})["counts"] == {"created": 4}
    orders = [
        {"identity": f"c-{n}", "name": "Charged", "id": f"o-{n}", "properties": {"Amount": 99}}
        for n in (2, 3)
    ]
    assert [shop.post("events", {"records": orders})["counts"] for _ in range(2)] == [
        {"stored": 2},
        {"repeated": 2},
    ]

    rule = {"version": 1, "match": "all", "conditions": [LATELY]}
    segment = shop.post("segments", {"name": "Ordered lately", "rule": rule})["id"]
    assert shop.get(f"segments/{segment}/estimate")["sendable"] == 4
    today = datetime.now(UTC)
    days = [int(f"{today + timedelta(days=days):%Y%m%d}") for days in (-2, 2)]
    query = {"event_name": "Charged", "from": days[0], "to": days[1]}
    assert shop.there("counts/profiles.json", query)["count"] == 4

    order = {
        "to": {"identity": "c-3"},
        "template": "order_placed",
        "language": "en",
        "values": {"body.1": "Asha"},
    }
    told = [shop.post("messages:send", order, Idempotency_Key="o-3") for _ in range(2)]
    assert told[0] == told[1]
    until(lambda: shop.get(f"messages/{told[0]['id']}")["state"] == "read")

    value = {"body.1": {"text": "{{ profile.name }}", "fallback": "you"}}
    variant = {"template": "order_placed", "language": "en", "values": value}
    draft = {"name": "Thanks", "audience": {"take": [{"segment": segment}]}, "variants": [variant]}
    campaign = shop.post("campaigns", draft)["id"]
    assert shop.get(f"campaigns/{campaign}/check")["is_ready"]
    version = shop.version_of(f"campaigns/{campaign}/draft")
    shop.post(f"campaigns/{campaign}/publish", If_Match=version)
    until(lambda: shop.get(f"campaigns/{campaign}")["results"]["people"]["read"] == 4)
    until(lambda: shop.get(f"campaigns/{campaign}")["status"] == "completed")
    result = shop.there("targets/result.json", {"id": campaign})["result"]
    readers = shop.get(f"campaigns/{campaign}/people?slice=read&fields=identity")["records"]
    chats = {phone: simulator.get("/_sim/chat", phone=phone[1:])["messages"] for phone in PHONES}

    assert result == {"sent": 4, "clicked": 0}
    assert {one["identity"] for one in readers} == {"c-0", "c-1", "c-2", "c-3"}
    assert [len(chats[phone]) for phone in PHONES] == [1, 1, 1, 2, 0, 0]
