"""A client that openapi-python-client makes of the API's document does what a shop needs: sends
people and orders in, counts them, confirms an order, publishes a campaign and reads its results.

Not a part of `make test`: `make contract` brings along what it needs.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import Run
from campaigns.running.launching import launch
from campaigns.sending.reconciling import reconcile
from providers.api.document import document
from providers.models import Project, Scope
from tests.campaigns.sending.test_loop import run_sender
from tests.factories import ProjectFactory, ProviderFactory, TemplateFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.providers.api.keys import key_of

PACKAGE = "kabootar_shop_client"
SECONDS = 120
PHONES = [f"+91900000{n:04d}" for n in range(1, 6)]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Made whole: whatever could not be made of the document is a warning."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(json.dumps(document()))
    (folder / "config.yaml").write_text("post_hooks: []\nliteral_enums: true\n")
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning",
         "--meta", "none", "--path", folder / "openapi.json", "--config", folder / "config.yaml",
         "--output-path", folder / PACKAGE],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield PACKAGE
    sys.path.remove(str(folder))


@pytest.fixture
def project() -> Project:
    made: Project = ProjectFactory.create()
    ProviderFactory.create(project=made, rate=500, trial_ended_at=timezone.now(), **CREDENTIALS)
    TemplateFactory.create(project=made, name="order_placed", category="UTILITY")
    return made


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    with running_simulator(reports=False) as client:
        settings.GATEWAY_SEND_URL = client.gateway_url
        yield client


class Shop:
    """Calls by the names that the client gives them."""

    def __init__(self, package: str, address: str, key: str) -> None:
        self._package = package
        kind = import_module(package).AuthenticatedClient
        self._client = kind(base_url=f"{address}/api/v1", token=key)

    def a(self, kind: str, **fields: Any) -> Any:
        return getattr(import_module(f"{self._package}.models"), kind).from_dict(fields)

    def call(self, name: str, /, *place: int, **given: Any) -> Any:
        answer = self.whole(name, *place, **given)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    def whole(self, name: str, /, *place: int, **given: Any) -> Any:
        module = import_module(f"{self._package}.api.default.{name}")
        return module.sync_detailed(*place, client=self._client, **given)


@pytest.fixture
def shop(package: str, live_server: Any, project: Project) -> Shop:
    return Shop(package, live_server.url, key_of(project, *Scope)[1])


def test_it_takes_a_shop_from_its_customers_to_the_results_of_a_campaign(
    shop: Shop, simulator: SimulatorClient
) -> None:
    people = [
        {"identity": f"c-{n}", "phone": phone, "name": f"Asha {n}", "MSG-whatsapp": True}
        for n, phone in enumerate(PHONES)
    ]
    body = shop.a("UploadProfilesBody", records=people, create=True)
    assert shop.call("upload_profiles", body=body).counts.to_dict() == {"created": 5}
    one = shop.a("OnePersonToStore", identity="c-0", properties={"City": "Pune"})
    assert shop.call("store_profile", body=one).outcome == "updated"
    orders = [{"identity": f"c-{n}", "name": "Ordered", "id": f"o-{n}"} for n in range(3)]
    body = shop.a("UploadEventsBody", records=orders)
    assert shop.call("upload_events", body=body).counts.to_dict() == {"stored": 3}

    condition = {"on": "event", "event": "Ordered", "is": "did"}
    condition |= {"when": {"last": 30, "unit": "days"}}
    rule = {"version": 1, "match": "all", "conditions": [condition]}
    segment = shop.call(
        "create_segment", body=shop.a("CreateSegmentBody", name="Ordered lately", rule=rule)
    ).id
    assert shop.call("estimate_segment", segment).sendable == 3
    found = shop.call("list_people_of_segment", segment, limit=2)
    assert [person.identity for person in found.records] == ["c-2", "c-1"]
    rest = shop.call("list_people_of_segment", segment, cursor=found.next_)
    assert [(one.identity, one.properties.to_dict()) for one in rest.records] == [
        ("c-0", {"City": "Pune"})
    ]

    order = {"to": {"identity": "c-1"}, "template": "order_placed", "language": "en"}
    body = shop.a("MessageToSend", **order, values={"body.1": "Asha"})
    sent = [shop.call("send_message", body=body, idempotency_key="o-1") for _ in range(2)]
    assert sent[0].id == sent[1].id
    nobody = shop.a("MessageToSend", **{**order, "to": {"identity": "c-9"}})
    assert shop.whole("send_message", body=nobody).parsed.code == "message.unknown_person"
    run_sender()
    assert shop.call("get_message", sent[0].id).state == "sent"

    value = {"body.1": {"text": "{{ profile.name }}"}}
    variant = {"template": "order_placed", "language": "en", "values": value}
    draft = shop.a(
        "DraftToWrite",
        name="Thanks",
        audience={"take": [{"segment": segment}]},
        variants=[variant],
    )
    campaign = shop.call("create_campaign", body=draft).id
    version = shop.whole("get_draft", campaign).headers["ETag"]
    assert shop.call("publish_campaign", campaign, if_match=version).status != "draft"
    launch(Run.objects.get(campaign=campaign).pk)
    run_sender()
    reconcile()
    told = shop.call("get_campaign", campaign)
    assert (told.status, told.results.people.to_dict()["sent"]) == ("completed", 3)
    chats = [simulator.get("/_sim/chat", phone=phone[1:])["messages"] for phone in PHONES]
    assert [len(chat) for chat in chats] == [1, 2, 1, 0, 0]
