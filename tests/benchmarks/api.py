"""The API through its own server, over HTTP: people and events in bodies of a thousand,
one event a call, and single messages beside a campaign that goes out.
"""

import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.models import Message, MessageKind, Occurrence, Outbox, Profile
from campaigns.tasks import send_due
from providers.api_keys.making import make_key
from providers.models import Project, Scope
from providers.watch.actors import SYSTEM
from templates_app.models import Category, Template
from tests.benchmarks.events import people_records
from tests.benchmarks.measuring import Spent, measured, say, wait_until
from tests.benchmarks.people import make_project
from tests.benchmarks.posting import Posted, post
from tests.benchmarks.programs import Server, gateway, receiver, worker
from tests.benchmarks.sending import FASTEST, launched
from tests.factories import TemplateFactory

WORKERS, THREADS = 2, 32  # as compose.yaml starts it
BODY, KNOWN = 1_000, 100_000
SINGLE, SENT, WARM = 5_000, 1_000, 60
LEAST = 60_000  # events and people; a second's worth says little
TEMPLATE = "order_placed"
LARGEST_NUMBER = 1_000  # messages a second
AT_ONCE, SMALL_AT_ONCE = 3, 24  # calls under way: as many as a process serves of one key


def run(size: int) -> None:
    with receiver(
        "config.wsgi_api:application",
        settings="tests.benchmarks.api_settings",
        workers=WORKERS,
        threads=THREADS,
    ) as server:
        events, profiles, single = _uploads(server, size)
        sent = _sends(server, size)
    say("api", size=size, **events, **profiles, **single, **sent)


def _uploads(server: Server, size: int) -> tuple[dict[str, float], ...]:
    project = make_project(people=min(size, KNOWN), rate=FASTEST)
    key = key_of(project)
    identities = list(Profile.objects.of(project).values_list("identity", flat=True))
    warm = _warm_up(server, key, identities)
    size = max(size, LEAST)
    events = _measured(server, "events", key, _events(identities, count=size, per_body=BODY), size)
    people = list(people_records(0, size))
    bodies = [{"records": people[n : n + BODY], "create": True} for n in range(0, size, BODY)]
    profiles = _measured(server, "profiles", key, bodies, size)
    count = SINGLE
    one_by_one = _events(identities, count=count, per_body=1)
    single = _measured(server, "events", key, one_by_one, count, at_once=SMALL_AT_ONCE)
    assert Occurrence.objects.filter(kind__project=project).count() == warm + size + count
    return (
        {"events_per_s": events[0], "events_cpu_s_per_1000": events[2]},
        {"profiles_per_s": profiles[0], "profiles_cpu_s_per_1000": profiles[2]},
        {"single_per_s": single[0], "single_p99_ms": single[1], "single_cpu_s_per_1000": single[2]},
    )


def _warm_up(server: Server, key: str, identities: Sequence[str]) -> int:
    """So that each process has made its connections. How many events that took."""
    small = _events(identities, count=20 * SMALL_AT_ONCE, per_body=1, name="warm")
    _post(server, "events", key, small, at_once=SMALL_AT_ONCE)
    large = _events(identities, count=4 * AT_ONCE * BODY, per_body=BODY, name="warm")
    _post(server, "events", key, large)
    return len(small) + 4 * AT_ONCE * BODY


def _measured(
    server: Server,
    at: str,
    key: str,
    bodies: Sequence[object],
    records: int,
    *,
    at_once: int = AT_ONCE,
) -> tuple[float, float, float]:
    """Records a second, p99 in milliseconds, CPU seconds for a thousand records."""
    spent: Spent
    with measured(web=server.pid) as spent:
        posted = _post(server, at, key, bodies, at_once=at_once)
    rate = records / posted.seconds
    print(
        f"{at}, {records // len(bodies):,} a body: {rate:,.0f}/s, p50 {posted.p50_ms:.0f} ms, "
        f"p99 {posted.p99_ms:.0f} ms, CPU s per 1,000: web "
        f"{spent.cpu_per_1000(records, 'web'):.3f}, all {spent.cpu_per_1000(records):.3f}"
    )
    return rate, posted.p99_ms, spent.cpu_per_1000(records)


def _events(
    identities: Sequence[str], *, count: int, per_body: int, name: str = "cold"
) -> list[object]:
    now = timezone.now().isoformat()
    records = [
        {
            "identity": identities[n % len(identities)],
            "name": f"Ordered {n % 20}",
            "at": now,
            "id": f"{name}-{per_body}-{n}",
            "properties": {"Total": n % 500 + 0.5, "City": f"City {n % 90}", "First": n % 7 == 0},
        }
        for n in range(count)
    ]
    return [{"records": records[n : n + per_body]} for n in range(0, count, per_body)]


def _sends(server: Server, size: int) -> dict[str, float]:
    """Beside a campaign of `size` people, as quick as WhatsApp lets the largest number be. At more
    than the simulator can answer, each would wait in its queue."""
    project = make_project(people=size, rate=LARGEST_NUMBER)
    template: Template = TemplateFactory.create(
        project=project, name=TEMPLATE, category=Category.UTILITY
    )
    key = key_of(project)
    with (
        gateway() as simulator,
        worker("config", queue="send", pool="threads", gateway=simulator.gateway_url),
    ):
        _post(server, "messages:send", key, _messages(template, WARM), status=202)
        last = Message.objects.latest("pk").pk
        campaign_run = launched(project)
        send_due.delay()
        wait_until(lambda: Outbox.objects.filter(run=campaign_run).count() < size)
        posted = _post(server, "messages:send", key, _messages(template, SENT), status=202)
        left = Outbox.objects.filter(run=campaign_run).count()
        wait_until(lambda: len(_waits(project, since=last)) == SENT)
    waits = sorted(_waits(project, since=last))
    p99 = waits[int(SENT * 0.99)]
    print(
        f"messages:send: {SENT / posted.seconds:,.0f}/s, accepted p50 {posted.p50_ms:.0f} ms, "
        f"p99 {posted.p99_ms:.0f} ms; answered by the gateway p50 {waits[SENT // 2]:.2f} s, p99 "
        f"{p99:.2f} s; {left:,} of the campaign's {size:,} were still to be sent"
    )
    return {"send_p99_ms": posted.p99_ms, "send_to_gateway_p99_s": p99}


def _messages(template: Template, many: int) -> list[object]:
    usual = {"template": template.name, "language": template.language}
    return [
        {**usual, "to": {"phone": f"+9180000{n:05d}"}, "values": {"body.1": f"Asha {n}"}}
        for n in range(many)
    ]


def _waits(project: Project, *, since: int) -> list[float]:
    """Seconds, of those that the gateway has taken."""
    ours = Message.objects.filter(project=project, kind=MessageKind.API, pk__gt=since)
    sent = ours.filter(sent_at__isnull=False)
    return [(at - since).total_seconds() for since, at in sent.values_list("created_at", "sent_at")]


def key_of(project: Project) -> str:
    return make_key(project, name="Benchmark", scopes=Scope, by=SYSTEM).text


def _post(
    server: Server,
    at: str,
    key: str,
    bodies: Iterable[Any],
    *,
    at_once: int = AT_ONCE,
    status: int = 200,
) -> Posted:
    lines = [json.dumps(body).encode() for body in bodies]
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(b"\n".join(lines))
        posted = post(
            f"{server.url}/api/v1/{at}",
            Path(file.name),
            content_type="application/json",
            connections=at_once,
            key=key,
        )
    posted.check(len(lines), status=status)
    return posted
