"""Everything at once: a campaign is sent, and three reports of each message are stored and applied.

All programs of the product run, with the beat schedule of production, and the simulator posts the
reports in calls of five on average. The clock runs until the last report is applied. `lag_p99_s` is
between a report's being stored and being applied. `cpu_s_per_1000` is of everything but the
simulator; `vs_limit` compares with the bare HTTP client and a bare WSGI server.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connection

from campaigns.ledger.tallies import totals
from campaigns.models import Event, Run
from campaigns.tasks import send_due
from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project
from tests.benchmarks.measuring import Spent, measured, say, wait_until
from tests.benchmarks.naive import baseline
from tests.benchmarks.people import make_project
from tests.benchmarks.programs import beat, gateway, receiver, worker
from tests.benchmarks.receiving import WORKERS, bare_server, naive_receiver
from tests.benchmarks.reports import posts_of
from tests.benchmarks.sending import FASTEST, NAIVE_SIZE, cost_of_the_client_alone, launched
from tests.gateway_simulator import SimulatorClient

WARM_UP = 500
PER_POST = 5
REPORTS = 3
MOST_BARE_MESSAGES = 5_000
REPORTING = {
    "reports": True,
    "reports_per_post": [1, 2 * PER_POST - 1],
    "batch_wait": 0.1,
    "delays": {"sent": [0.05, 0.3], "delivered": [0.3, 0.6], "read": [0.6, 1.0]},
}
LAG = """
SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM processed_at - received_at))
FROM callbacks_receipt, generate_series(1, facts) WHERE project_id = %s
"""


def run(size: int) -> None:
    with gateway(**REPORTING) as simulator:
        project = make_project(people=size, rate=FASTEST)
        ours = _ours(size, project, simulator)
        lag = _lag(project)
        simulator.options(reports=False)
        limit = _limit(size, simulator)
        naive = _naive(simulator)
    own = ours.cpu_per_1000(size)
    shares = ", ".join(f"{name} {ours.cpu_per_1000(size, name):.3f}" for name in ours.cpu)
    print(f"ours:  {size / ours.seconds:,.0f} messages/s with their reports, applied {lag:.2f} s")
    print(f"       after they were stored (99 %); CPU s per 1,000 messages: {own:.3f}: {shares}")
    print(f"naive: CPU s per 1,000 {naive:.3f}; bare client and bare server {limit:.3f}")
    say(
        "system",
        size=size,
        messages_per_s=size / ours.seconds,
        cpu_s_per_1000=own,
        lag_p99_s=lag,
        vs_naive=naive / own,
        vs_limit=limit / own,
    )


def _ours(size: int, project: Project, simulator: SimulatorClient) -> Spent:
    with _product(simulator) as (pids, receiver_url):
        warm_up = make_project(people=WARM_UP, rate=FASTEST)
        _report_to(warm_up, receiver_url, simulator)
        _send(launched(warm_up), WARM_UP)
        _report_to(project, receiver_url, simulator)
        campaign_run = launched(project)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE campaigns_message, campaigns_outbox")
        with measured(**pids) as spent:
            _send(campaign_run, size)
    if (events := Event.objects.filter(project=project).count()) != REPORTS * size:
        raise RuntimeError(f"{events} of {REPORTS * size} events are written")
    return spent


@contextmanager
def _product(simulator: SimulatorClient) -> Iterator[tuple[dict[str, int], str]]:
    """The process ids of all programs, and the address of the one that takes callbacks."""
    url = simulator.gateway_url
    with ExitStack() as stack:
        start = stack.enter_context
        server = start(
            receiver(
                "config.wsgi_callbacks:application",
                settings="config.settings.callbacks",
                workers=WORKERS,
            )
        )
        pids = {
            "receiver": server.pid,
            "sender": start(worker("config", queue="send", pool="threads", gateway=url)),
            "drain": start(worker("config", queue="callbacks", pool="prefork", gateway=url)),
            "default": start(worker("config", queue="default", pool="prefork", gateway=url)),
            "beat": start(beat()),
        }
        yield pids, server.url


def _report_to(project: Project, url: str, simulator: SimulatorClient) -> None:
    key = whole_key(current_key(project))
    simulator.register(status_url=f"{url}/gupshup/status?a={key}")


def _send(campaign_run: Run, size: int) -> None:
    """Returns when everybody has read it, as far as we know."""
    send_due.delay()
    wait_until(lambda: _reached(campaign_run, size), seconds=600.0)


def _reached(campaign_run: Run, size: int) -> bool:
    numbers = totals([campaign_run.pk])
    return all(numbers[name] == size for name in ("sent", "delivered", "read"))


def _limit(size: int, simulator: SimulatorClient) -> float:
    """CPU seconds per 1,000 messages."""
    messages = min(size, MOST_BARE_MESSAGES)
    bodies = posts_of(range(messages), per_post=PER_POST)
    client = cost_of_the_client_alone(messages, simulator.gateway_url)
    return client + bare_server(bodies).cpu_per_1000(messages, "web")


def _naive(simulator: SimulatorClient) -> float:
    """CPU seconds per 1,000 messages with three reports each."""
    sending = baseline.send(NAIVE_SIZE, simulator.gateway_url).cpu_per_1000(NAIVE_SIZE)
    reports, storing = naive_receiver(PER_POST)
    return sending + REPORTS * storing.cpu_per_1000(reports)


def _lag(project: Project) -> float:
    with connection.cursor() as cursor:
        cursor.execute(LAG, [project.pk])
        return float(cursor.fetchone()[0])
