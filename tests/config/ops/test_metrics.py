"""/metrics over HTTP: who may read it, and whether it says what happened."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from callbacks.tasks import drain
from campaigns.models import Campaign, CampaignStatus, Lane, OutboxState
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.sending.loop import Sender
from config.ops.measuring import look_at_database
from config.ops.version import VERSION
from providers.gateway.calling import GatewayLoop
from providers.gateway.settings import gateway_settings
from providers.models import IncidentKind, Project
from providers.watch import counting, heartbeats, incidents
from providers.watch.actors import Actor
from tests.callbacks.posting import gupshup_of, report, reports_form
from tests.factories import (
    MembershipFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProviderFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, running_simulator

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
LARGE = re.compile(r"FROM (campaigns_(outbox|message|event|profile)|callbacks_receipt)\b")
TOKEN = "a-token-for-one-test"
SHOWN = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
Figures = dict[str, float]


@pytest.fixture(autouse=True)
def _counts_go_to_redis_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "EVERY", 0.0)


def figures() -> Figures:
    """Each as `name{label}`."""
    text = Client().get("/metrics").content.decode()
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def growth(before: Figures, after: Figures, *names: str) -> Figures:
    return {name: after.get(name, 0.0) - before.get(name, 0.0) for name in names}


@pytest.mark.parametrize(
    ("token", "request_of", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "192.0.2.7"}, 403),
        ("", {"REMOTE_ADDR": ""}, 403),
        ("", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ("", {"HTTP_X_FORWARDED_PROTO": "https"}, 403),
        ("", {"HTTP_AUTHORIZATION": "Bearer "} | {"REMOTE_ADDR": "192.0.2.7"}, 403),
        (TOKEN, {}, 403),
        (TOKEN, {"HTTP_AUTHORIZATION": "Bearer"}, 403),
        (TOKEN, {"HTTP_AUTHORIZATION": f"Bearer {TOKEN[:-1]}"}, 403),
        (TOKEN, {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}ü"}, 403),
        (TOKEN, SHOWN, 200),
        (TOKEN, SHOWN | {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "192.0.2.9"}, 200),
    ],
)
def test_who_may_read_it(
    token: str, request_of: dict[str, str], status: int, settings: Settings
) -> None:
    settings.METRICS_TOKEN = token
    answer = Client().get("/metrics", **request_of)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert (b"kabootar_" in answer.content) == (status == 200)


def test_what_was_sent_is_counted_by_its_outcome(project: Project, settings: Settings) -> None:
    settings.SEND_MAX_ATTEMPTS = 1
    counting.flush()  # what tests before this one have counted
    before = figures()
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        campaign = published(project)
        gateway = GatewayLoop(gateway_settings())
        try:
            Sender(gateway).run(seconds=20)
        finally:
            gateway.close()
    counting.flush()
    after = figures()
    names = ("kabootar_attempts_total{accepted}", "kabootar_attempts_total{failed}",
        "kabootar_gateway_call_seconds_count", "kabootar_gateway_call_seconds_bucket{+Inf}",
        "kabootar_gateway_call_seconds_bucket{20.0}")  # fmt: skip
    assert campaign.runs.get().tallies.exists()
    assert list(growth(before, after, *names).values()) == [2, 1, 3, 3, 3]
    assert after["kabootar_gateway_call_seconds_sum"] > before["kabootar_gateway_call_seconds_sum"]
    assert after[f"kabootar_rate_allowed{{{project.pk}}}"] == 50
    assert after[f"kabootar_rate_in_force{{{project.pk}}}"] == 50


def published(project: Project) -> Campaign:
    """Two who are sent to, and one whose number the simulator refuses."""
    ProviderFactory.create(project=project, rate=50, **CREDENTIALS)
    campaign: Campaign = VariantFactory.create(campaign__project=project).campaign
    for ending in ("00001", "00002", "09943"):
        ProfileFactory.create(project=project, identity=ending, phone=f"+9190000{ending}")
    publish(campaign, by=Actor(MembershipFactory.create(project=project).user))
    launch(campaign.runs.get().pk)
    return campaign


def test_what_waits_is_told_with_its_age(project: Project) -> None:
    provider = ProviderFactory.create(project=project)
    waiting = MessageFactory.create(project=project)
    OutboxFactory.create(message=waiting, project=provider.project, lane=Lane.URGENT)
    doubt = MessageFactory.create(project=project)
    OutboxFactory.create(message=doubt, project=project, state=OutboxState.IN_DOUBT)
    VariantFactory.create(campaign__project=project, campaign__status=CampaignStatus.PAUSED)
    incidents.report(project.pk, IncidentKind.BALANCE, detail="No money.")
    heartbeats.note("default")
    told = figures()
    assert told["kabootar_build_info{" + VERSION + "}"] == 1
    assert told["kabootar_store_up{postgresql}"] == told["kabootar_store_up{redis}"] == 1
    assert told["kabootar_outbox_messages{urgent}"] == 1
    assert told["kabootar_outbox_age_seconds{urgent}"] > 0
    assert told["kabootar_outbox_messages{campaigns}"] == 0
    assert told["kabootar_messages_in_doubt"] == 1
    assert told["kabootar_campaigns{paused}"] == 1
    assert told["kabootar_incidents_open{balance}"] == 1
    assert told["kabootar_table_bytes{campaigns_outbox}"] > 0
    assert told["kabootar_queue_tasks{send}"] >= 0


def test_callbacks_are_told_from_the_door_to_what_became_of_them(project: Project) -> None:
    before = figures()
    gupshup = gupshup_of(project)
    message = MessageFactory.create(project=project)
    gupshup.post(reports_form(report(message.pk)), content_type="application/x-www-form-urlencoded")
    gupshup.post("nothing that we know")
    stored = figures()
    drain()
    after = figures()
    assert growth(before, stored, "kabootar_callbacks_stored_total", "kabootar_callbacks_waiting")
    assert stored["kabootar_callbacks_waiting"] == 2
    assert stored["kabootar_callbacks_lag_seconds"] > 0
    assert after["kabootar_callbacks_waiting"] == after["kabootar_callbacks_lag_seconds"] == 0
    read = "kabootar_callbacks_read_total"
    names = ("kabootar_callbacks_stored_total", f"{read}{{applied}}",
        f"{read}{{not_understood}}", "kabootar_facts_total{applied}")  # fmt: skip
    assert list(growth(before, after, *names).values()) == [2, 1, 1, 1]


def test_a_store_that_is_away_is_told_and_the_other_still_speaks(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    told = figures()
    assert (told["kabootar_store_up{redis}"], told["kabootar_store_up{postgresql}"]) == (0, 1)
    assert "kabootar_callbacks_waiting" in told


def test_what_redis_does_not_take_is_told_later(settings: Settings) -> None:
    before, there = figures(), settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    counting.add(counting.Counted.STORMS)
    counting.flush()
    settings.REDIS_URL = there
    counting.add(counting.Counted.STORMS)
    counting.flush()
    assert growth(before, figures(), "kabootar_storms_total") == {"kabootar_storms_total": 2}


def test_the_version_is_the_projects() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text()


def test_rules_and_documents_name_metrics_that_there_are() -> None:
    counting.add(counting.Counted.ATTEMPTS, "accepted")
    counting.add(counting.Counted.RECEIPTS, "applied")
    counting.add(counting.Counted.FACTS, "applied")
    counting.flush()
    page = Client().get("/metrics").content.decode()
    there = set(re.findall(r"^# TYPE (\w+)", page, re.MULTILINE))
    for document in ("docs/operations.md", "docs/monitoring/alerts.yml"):
        named = set(re.findall(r"\bkabootar_[a-z_]+", (ROOT / document).read_text()))
        plain = {re.sub(r"_(bucket|sum|count)$", "", name) for name in named}
        assert plain - there - {"kabootar_restored"} == set(), document
    told = (ROOT / "docs/operations.md").read_text()
    assert {name for name in there if name not in told} == set()


def test_nothing_large_is_gone_through_and_the_number_of_statements_stays_the_same(
    project: Project,
) -> None:
    look_at_database()
    with CaptureQueriesContext(connection) as first:
        look_at_database()
    for _ in range(3):
        ProviderFactory.create()
    with CaptureQueriesContext(connection) as second:
        look_at_database()
    assert len(first) == len(second)
    for one in second:
        counts = [text for text in one["sql"].split("count(*)")[1:] if LARGE.search(text)]
        assert [text for text in counts if "LIMIT" not in text] == []
