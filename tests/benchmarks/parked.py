"""How long people wait for the answer to a STOP or a hello while reports about unknown messages
pour in, are parked, and tried again: from the callback's 200 to the gateway's answer, by the rows'
own times. All programs of the product run, with the beat schedule of production.

The people write from before the first of those callbacks, each as large as the door lets in, until
all of them have been parked and tried again. `peak_mb` is of the largest worker process.
"""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

from django.db.models import Q

from callbacks.models import InboundMessage, ParkedFact, Receipt
from campaigns.models import MessageKind
from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project, Provider
from tests.benchmarks.measuring import peak_of_any, say, wait_until
from tests.benchmarks.people import make_project
from tests.benchmarks.posting import post_one
from tests.benchmarks.programs import beat, gateway, receiver, worker

SIZE = 100_000  # parked reports, where nothing else is asked for
PER_POST = 8_966  # reports of this length fill the 1 MiB that the door lets in
PEOPLE, MOST_PEOPLE = 100, 1_000
PAUSE = 0.2  # seconds between two people
LONGEST = 600.0  # seconds
UNKNOWN = 9_000_000_001  # the first of the messages that nobody has
ANSWERS = {"STOP": MessageKind.CONFIRMATION, "Hello": MessageKind.AUTO_REPLY}


def run(size: int) -> None:
    project = make_project(people=0, rate=1_000)
    Provider.objects.filter(project=project).update(
        auto_reply_enabled=True, auto_reply_text="We answer within a day."
    )
    bodies = list(unknown_reports(size))
    with product() as (pids, url), ThreadPoolExecutor(1) as pool:
        address = f"{url}/gupshup/response?a={whole_key(current_key(project))}"
        _write(address, MOST_PEOPLE)  # until all programs are up; not measured
        wait_until(lambda: len(_waits(project)) == 1)
        InboundMessage.objects.filter(project=project).delete()
        pouring = pool.submit(lambda: [post_one(address, body) for body in bodies])
        people = 0
        while people < PEOPLE or (people < MOST_PEOPLE and not _all_tried(project, len(bodies))):
            _write(address, people)
            people += 1
            time.sleep(PAUSE)
        pouring.result()
        wait_until(lambda: len(_waits(project)) == people, seconds=LONGEST)
        peak = peak_of_any(pids)
    _say(project, size, peak)


def _say(project: Project, size: int, peak: float) -> None:
    parked = ParkedFact.objects.filter(project=project)
    print(
        f"{parked.count():,} reports are parked, of {Receipt.objects.count():,} callbacks; "
        f"{parked.filter(tries__gt=0).count():,} were tried again"
    )
    for said in ANSWERS:
        waits = sorted(_waits(project, said))
        p50, p99 = _share(waits, 0.5), _share(waits, 0.99)
        print(f"{said}: p50 {p50:.2f} s, p99 {p99:.2f} s, the longest {waits[-1]:.2f} s")
    waits = sorted(_waits(project))
    say(
        "parked",
        size=size,
        p50_s=_share(waits, 0.5),
        p99_s=_share(waits, 0.99),
        max_s=waits[-1],
        peak_mb=peak,
    )


def _share(waits: Sequence[float], share: float) -> float:
    return waits[int(len(waits) * share)]


@contextmanager
def product() -> Iterator[tuple[list[int], str]]:
    """The process ids of its workers, and the address of the process that takes callbacks."""
    with ExitStack() as stack:
        start = stack.enter_context
        simulator = start(gateway())
        app = "config.wsgi_callbacks:application"
        door = start(receiver(app, settings="config.settings.callbacks"))
        start(worker("config", queue="send", pool="threads", gateway=simulator.gateway_url))
        prefork = partial(worker, "config", pool="prefork", gateway="", concurrency=2)
        pids = [start(prefork(queue=queue)) for queue in ("callbacks", "default")]
        start(beat())
        yield pids, door.url


def unknown_reports(count: int, *, per_post: int = PER_POST) -> Iterator[bytes]:
    """Bodies of callbacks with so many reports in all."""
    for start in range(0, count, per_post):
        numbers = range(UNKNOWN + start, UNKNOWN + min(start + per_post, count))
        reports = [
            {
                "externalId": f"5145722132009541678-{number}-1",
                "eventType": "READ",
                "eventTs": 1772359200000,
                "errorCode": "026",
            }
            for number in numbers
        ]
        yield json.dumps(reports, separators=(",", ":")).encode()


def _all_tried(project: Project, bodies: int) -> bool:
    """Have all reports been parked, and tried once since?"""
    read = Receipt.objects.filter(project=project, facts__gt=1).count()
    return read == bodies and not ParkedFact.objects.filter(project=project, tries=0).exists()


def _write(url: str, number: int) -> None:
    said = list(ANSWERS)[number % len(ANSWERS)]
    body = {
        "waNumber": "919000000001",
        "mobile": f"9180000{number:05d}",
        "name": "Asha",
        "type": "text",
        "text": said,
        "timestamp": str(int(time.time() * 1000)),
    }
    post_one(url, json.dumps(body).encode())


def _waits(project: Project, said: str = "") -> list[float]:
    """Seconds, of those that are answered."""
    answered = InboundMessage.objects.filter(
        Q(text=said) if said else Q(),
        project=project,
        reply_message__kind__in=ANSWERS.values(),
        reply_message__sent_at__isnull=False,
    ).values_list("received_at", "reply_message__sent_at")
    return [(sent - received).total_seconds() for received, sent in answered if sent]
