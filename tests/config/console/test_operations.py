"""The operator's page: what it shows while all is well, and while something is away."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import Lane
from config.console.operations_page import age_words
from config.ops.version import VERSION
from config.queues import QUEUES
from providers.models import Heartbeat, IncidentKind, Project
from providers.watch import incidents
from tests.factories import MessageFactory, OutboxFactory, ProviderFactory

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(client: Client) -> str:
    page = client.get("/operations/")
    assert page.status_code == 200
    content = page.content.decode().partition("kb-verdict")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))


def heard_of(**ages: float) -> None:
    now = timezone.now()
    Heartbeat.objects.bulk_create(
        Heartbeat(name=queue, at=now - timedelta(seconds=ages.get(queue, 3))) for queue in QUEUES
    )


def test_an_operator_sees_what_waits_and_who_works(operator: Client, project: Project) -> None:
    heard_of(callbacks=300)
    provider = ProviderFactory.create(project=project, rate=40)
    for lane in (Lane.URGENT, Lane.DIRECT, Lane.DIRECT):
        OutboxFactory.create(message=MessageFactory.create(project=provider.project), lane=lane)
    incidents.report(project.pk, IncidentKind.BALANCE, detail="No money.")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_outbox SET due_at = now() - interval '2 hours'")
    told = text_of(operator)
    assert "No worker was heard of lately on: callbacks." in told
    assert re.search(r"Callbacks callbacks 5 minutes ago \d", told)
    assert re.search(r"Sending send [3-9] seconds ago \d", told)
    assert "Tests, replies and confirmations 1 2 hours" in told
    assert "Messages of programs 2 2 hours" in told
    assert "Messages of campaigns 0 –" in told
    assert "Tea shop 40 40" in told
    assert "Open incidents: The balance at Gupshup is used up (1)." in told
    assert re.search(r"\w+_\w+ [\d.]+\W(KB|MB) \d+ \d+", told)
    assert f"Kabootar {VERSION}" in told


def test_all_is_well(operator: Client) -> None:
    heard_of()
    assert "Everything is there: PostgreSQL, Redis, all migrations" in text_of(operator)


def test_what_is_away_is_said_and_the_rest_shown(operator: Client, settings: Settings) -> None:
    heard_of()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    told = text_of(operator)
    assert "Redis does not work: ConnectionError." in told
    assert "Redis does not tell" in told
    assert "Redis does not answer" in told
    assert "Largest tables" in told


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 seconds"), (1, "1 second"), (60, "1 minute"), (7_300, "2 hours"), (9e5, "10 days")],
)
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert age_words(seconds) == words
