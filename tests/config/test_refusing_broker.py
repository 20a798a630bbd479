"""A Redis that answers, and refuses: it is to be waited for, as one that is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from callbacks.hints import DRAIN_TASK
from campaigns.models import CampaignStatus
from campaigns.pace import rate, storms
from config.celery import app
from config.settings.stores import broker_url
from providers.hints import hint
from providers.models import Project
from tests.campaigns.drafts import page
from tests.factories import CampaignFactory, ProviderFactory, RunFactory, VariantFactory
from tests.refusing_redis import REFUSALS, mend, own_redis

pytestmark = pytest.mark.parametrize("refusal", REFUSALS)


@pytest.fixture
def store(tmp_path: Path, settings: Settings) -> Iterator[redis.Redis]:
    with own_redis(tmp_path) as url:
        settings.REDIS_URL = url
        yield redis.Redis.from_url(url)


@pytest.fixture
def broker(store: redis.Redis, settings: Settings) -> Iterator[Celery]:
    before = app.conf.broker_url, app.conf.broker_write_url
    app.conf.broker_url = app.conf.broker_write_url = broker_url(settings.REDIS_URL)
    yield app
    app.conf.broker_url, app.conf.broker_write_url = before


def test_a_worker_and_beat_wait_until_it_takes_writes(
    store: redis.Redis, broker: Celery, refusal: str
) -> None:
    REFUSALS[refusal](store)
    told: list[str] = []

    def note(error: Exception, _pause: float) -> None:
        told.append(str(error))
        mend(store)

    connection = broker.connection_for_read()
    connection.ensure_connection(note)

    assert (len(told), connection.connected) == (1, True)


def test_a_refusal_in_the_middle_is_a_lost_connection(
    store: redis.Redis, broker: Celery, refusal: str
) -> None:
    connection = broker.connection_for_read()
    channel = connection.default_channel
    REFUSALS[refusal](store)

    with pytest.raises(connection.connection_errors):
        channel.client.zadd("unacked_index", {"a": 1})


def test_a_task_that_can_not_be_acknowledged_leaves_room_for_the_next(
    store: redis.Redis, broker: Celery, refusal: str
) -> None:
    with broker.connection_for_read() as connection, connection.SimpleQueue("tasks") as queue:
        queue.channel.basic_qos(0, 1, False)
        queue.put("")
        message = queue.get()
        room = [queue.channel.qos.can_consume()]
        REFUSALS[refusal](store)
        with pytest.raises(connection.connection_errors):
            message.ack()
        room.append(queue.channel.qos.can_consume())
        mend(store)

    assert room == [False, True]


def test_a_hint_never_raises(store: redis.Redis, broker: Celery, refusal: str) -> None:
    given = [hint(DRAIN_TASK)]
    REFUSALS[refusal](store)
    given.append(hint(DRAIN_TASK))
    mend(store)

    assert [*given, hint(DRAIN_TASK)] == [True, False, True]


def test_nothing_leaves_and_nothing_fails(store: redis.Redis, refusal: str) -> None:
    rate.take(1, rate=100, urgent=0, bulk=0)
    rate.slow_down(1)
    REFUSALS[refusal](store)

    assert rate.take(1, rate=100, urgent=5, bulk=5) is None
    assert rate.take_throttled(1, per_minute=60, wanted=5) == 0
    assert storms.note(1, 1, [True] * 20) is None
    assert rate.rate_in_force(1, rate=100) in (100.0, pytest.approx(50, abs=5))
    rate.hold(1)
    rate.release(1)
    rate.slow_down(1)
    rate.give_back(1, 5)
    storms.forget(1, 1)


@pytest.mark.django_db
def test_every_page_that_asks_it_is_shown(
    store: redis.Redis, broker: Celery, project: Project, project_admin: Client, refusal: str
) -> None:
    provider = ProviderFactory.create(project=project)
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    VariantFactory.create(campaign=campaign)
    RunFactory.create(campaign=campaign, launched_at=timezone.now())
    REFUSALS[refusal](store)

    asked = [
        "/",
        page(campaign),
        page(campaign, "live"),
        reverse("admin:providers_provider_change", args=[provider.pk]),
        reverse("admin:doctor"),
    ]
    answers = {address: project_admin.get(address).status_code for address in asked}
    answers["check"] = project_admin.post(reverse("admin:doctor_check")).status_code

    assert answers == dict.fromkeys(asked, 200) | {"check": 302}
