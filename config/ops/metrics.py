"""/metrics: the installation's figures for Prometheus, whichever process is asked.

Every figure stands in PostgreSQL or Redis, so nothing has to be gathered from processes: one
address is scraped, once. Labels name a queue, a project's number, a table or an outcome, never a
person or a campaign.
"""

import hmac
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from config.ops.measuring import Database, Measured, Redis, measure
from config.ops.version import VERSION
from providers.watch.counting import BOUNDS, Counted

Values: TypeAlias = Mapping[str, float] | Mapping[int, float]

PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_VIA")


COUNTERS = (
    (Counted.ATTEMPTS, "attempts", "Attempts to send, by how they ended.", "result"),
    (Counted.RECEIPTS, "callbacks_read", "Callbacks read, by what became of them.", "result"),
    (Counted.FACTS, "facts", "Reports, clicks and messages in callbacks.", "result"),
    (Counted.STORMS, "storms", "Times that failing campaigns were paused.", ""),
)


def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_look(request):
        return HttpResponse("Not for you.\n", status=403, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(Figures(measure()))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=content_type)


def _may_look(request: HttpRequest) -> bool:
    """With the token; where none is set, from this machine itself, not through its proxy."""
    if token := settings.METRICS_TOKEN:
        given = request.META.get("HTTP_AUTHORIZATION", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.META for name in PASSED_ON):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class Figures(Collector):
    def __init__(self, measured: Measured) -> None:
        self._measured = measured

    def collect(self) -> Iterator[Metric]:
        found = self._measured
        yield _gauge("build_info", "The version that answers.", {VERSION: 1}, label="version")
        stores = {"postgresql": found.database is not None, "redis": found.redis is not None}
        yield _gauge("store_up", "Whether the store answers.", stores, label="store")
        if found.database:
            yield from _of_database(found.database)
            allowed = found.database.rates
            yield _gauge("rate_allowed", "Messages/s allowed.", allowed, label="project")
        if found.redis:
            yield from _of_redis(found.redis)
            in_force = found.in_force
            yield _gauge("rate_in_force", "Messages/s that may leave.", in_force, label="project")


def _of_database(found: Database) -> Iterator[Metric]:
    sending, callbacks = found.sending, found.callbacks
    queued = {
        "campaigns": sending.queued,
        "urgent": sending.urgent,
        "direct": sending.direct,
    }
    ages = {
        "campaigns": sending.campaigns_age,
        "urgent": sending.urgent_age,
        "direct": sending.direct_age,
    }
    yield _gauge("outbox_messages", "Messages that wait to be sent.", queued, label="lane")
    yield _gauge("outbox_age_seconds", "Since the oldest message was due.", ages, label="lane")
    yield _gauge("messages_claimed", "Messages that workers send now.", {"": sending.claimed})
    yield _gauge("messages_in_doubt", "Messages in doubt.", {"": sending.in_doubt})
    yield _counter("callbacks_stored", "Callbacks stored.", {"": callbacks.stored})
    yield _gauge("callbacks_waiting", "Callbacks that nobody has read.", {"": callbacks.waiting})
    yield _gauge("callbacks_lag_seconds", "Age of the oldest of them.", {"": callbacks.lag})
    yield _gauge("incidents_open", "Open incidents.", found.incidents, label="kind")
    yield _gauge("campaigns", "Campaigns under way.", found.campaigns, label="status")
    yield from _of_workers(found)
    sizes = {table.name: table.bytes for table in found.tables}
    rows = {table.name: table.rows for table in found.tables}
    dead = {table.name: table.dead for table in found.tables}
    yield _gauge("table_bytes", "Size with indexes.", sizes, label="table")
    yield _gauge("table_rows", "Rows, estimated.", rows, label="table")
    yield _gauge("table_dead_rows", "Rows to be vacuumed, estimated.", dead, label="table")
    yield _gauge("database_connections", "Connections.", {"": found.connections})
    yield _gauge("database_connections_max", "Most connections.", {"": found.most_connections})


def _of_workers(found: Database) -> Iterator[Metric]:
    silent, skews = found.silences, found.skews
    yield _gauge("worker_silence_seconds", "Since a sign of life.", silent, label="queue")
    yield _gauge("worker_clock_skew_seconds", "Ahead of PostgreSQL.", skews, label="queue")


def _of_redis(found: Redis) -> Iterator[Metric]:
    yield _gauge("queue_tasks", "Tasks that no worker has taken.", found.queues, label="queue")
    yield _gauge("redis_memory_bytes", "Memory that Redis uses.", {"": found.memory})
    for what, name, told, label in COUNTERS:
        yield _counter(name, told, _labelled(found, what), label=label)
    yield _call_seconds(found)


def _labelled(found: Redis, what: Counted) -> dict[str, float]:
    counted = {label: n for (name, label), n in found.counted.items() if name == what}
    return counted or ({"": 0} if what is Counted.STORMS else {})


def _call_seconds(found: Redis) -> Metric:
    calls = _labelled(found, Counted.CALLS)
    family = HistogramMetricFamily("kabootar_gateway_call_seconds", "How long calls take.")
    below, buckets = 0.0, []
    for bound in (*map(str, BOUNDS), "+Inf"):
        below += calls.get(bound, 0)
        buckets.append((bound, below))
    total = found.counted.get((Counted.CALL_SECONDS, ""), 0.0)
    family.add_metric([], buckets, sum_value=total)
    return family


def _gauge(name: str, told: str, values: Values, *, label: str = "") -> Metric:
    family = GaugeMetricFamily(f"kabootar_{name}", told, labels=[label] if label else [])
    return _filled(family, values, label=label)


def _counter(name: str, told: str, values: Values, *, label: str = "") -> Metric:
    family = CounterMetricFamily(f"kabootar_{name}", told, labels=[label] if label else [])
    return _filled(family, values, label=label)


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, values: Values, *, label: str
) -> Metric:
    for of, value in values.items():
        family.add_metric([str(of)] if label else [], value)
    return family
