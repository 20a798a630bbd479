"""Delivery reports through the callback process: stored durably before the answer, then applied.

`requests_per_s` and `reports_per_s` are what is stored; `vs_naive` compares CPU seconds of storing
*and* applying with a view that does both at once, `vs_limit` the CPU seconds of the receiver with
those of the same server reading the body and answering, without Django and a database.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

from callbacks.models import Receipt
from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project
from tests.benchmarks.applying import drained
from tests.benchmarks.measuring import Spent, measured, say
from tests.benchmarks.posting import Posted, post
from tests.benchmarks.programs import receiver
from tests.benchmarks.reports import posts_of, sent_messages

FORM = "application/x-www-form-urlencoded"
WARM_UP = 300
WORKERS = 2  # as config.embedded and compose.yaml start it
NAIVE_MESSAGES = 300


def run_single(size: int) -> None:
    posted, figures = _run(size, per_post=1)
    rate = size / posted.seconds
    print(f"stored: {rate:,.0f} requests/s, p50 {posted.p50_ms:.0f} ms, p99 {posted.p99_ms:.0f} ms")
    say("callbacks_single", size=size, requests_per_s=rate, p99_ms=posted.p99_ms, **figures)


def run_batch(size: int) -> None:
    posted, figures = _run(size, per_post=20)
    rate = size / posted.seconds
    print(f"stored: {rate:,.0f} reports/s, p50 {posted.p50_ms:.0f} ms, p99 {posted.p99_ms:.0f} ms")
    say("callbacks_batch", size=size, reports_per_s=rate, p99_ms=posted.p99_ms, **figures)


def _run(size: int, *, per_post: int) -> tuple[Posted, dict[str, float]]:
    """`size` reports."""
    project_id, ids = sent_messages(-(-size // 3))
    bodies = posts_of(ids, per_post=per_post)[: -(-size // per_post)]
    posted, stored = _ours(project_id, bodies)
    applied = drained()
    limit = bare_server(bodies)
    naive_reports, naive = naive_receiver(per_post)
    own, all_in = stored.cpu_per_1000(size, "web"), stored.cpu_per_1000(size)
    with_applying = all_in + applied.cpu_per_1000(size)
    print(
        f"CPU s per 1,000 reports: receiver {own:.3f}, storing {all_in:.3f}, with applying "
        f"{with_applying:.3f}; naive {naive.cpu_per_1000(naive_reports):.3f}; bare server "
        f"{limit.cpu_per_1000(size, 'web'):.3f}"
    )
    return posted, {
        "cpu_s_per_1000": own,
        "cpu_s_per_1000_all": all_in,
        "vs_naive": naive.cpu_per_1000(naive_reports) / with_applying,
        "vs_limit": limit.cpu_per_1000(size, "web") / own,
    }


def _ours(project_id: int, bodies: Sequence[bytes]) -> tuple[Posted, Spent]:
    key = whole_key(current_key(Project.objects.get(pk=project_id)))
    with receiver(
        "config.wsgi_callbacks:application", settings="config.settings.callbacks", workers=WORKERS
    ) as r:
        url = f"{r.url}/gupshup/status?a={key}"
        _post(url, [b"response=%5B%5D"] * WARM_UP)
        Receipt.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE callbacks_receipt")
        with measured(web=r.pid) as spent:
            posted = _post(url, bodies)
    stored = Receipt.objects.count()
    if stored != len(bodies):
        raise RuntimeError(f"{stored} of {len(bodies)} callbacks are stored")
    return posted, spent


def bare_server(bodies: Sequence[bytes]) -> Spent:
    with receiver("tests.benchmarks.bare_receiver:application") as r:
        _post(f"{r.url}/", bodies[:WARM_UP])
        with measured(web=r.pid) as spent:
            _post(f"{r.url}/", bodies)
    return spent


def naive_receiver(per_post: int) -> tuple[int, Spent]:
    _project_id, ids = sent_messages(NAIVE_MESSAGES)
    bodies = posts_of(ids, per_post=per_post)
    settings = "tests.benchmarks.naive.receiver_settings"
    with (
        receiver(
            "tests.benchmarks.naive.receiver_wsgi:application", settings=settings, threads=8
        ) as r,
        measured(web=r.pid) as spent,
    ):
        posted = _post(f"{r.url}/gupshup/status", bodies, connections=8)
    print(f"naive:  {3 * len(ids) / posted.seconds:,.0f} reports/s")
    return 3 * len(ids), spent


def _post(url: str, bodies: Sequence[bytes], *, connections: int = 64) -> Posted:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(b"\n".join(bodies))
        posted = post(url, Path(file.name), content_type=FORM, connections=connections)
    posted.check(len(bodies))
    return posted
