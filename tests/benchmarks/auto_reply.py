"""How long strangers wait for the auto-reply while a campaign goes out: from the callback's 200 to
the gateway's answer, by the rows' own times. PostgreSQL, workers and simulator share the machine.
"""

import json
import time

from callbacks.models import InboundMessage
from callbacks.tasks import drain
from campaigns.models import MessageKind, Outbox
from campaigns.tasks import send_due
from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project, Provider
from tests.benchmarks.measuring import say, wait_until
from tests.benchmarks.people import make_project
from tests.benchmarks.posting import post_one
from tests.benchmarks.programs import gateway, receiver, worker
from tests.benchmarks.sending import FASTEST, launched

SIZE = 100_000  # messages of the campaign, where nothing else is asked for
STRANGERS = 100
PAUSE = 0.1  # seconds between two strangers


def run(size: int) -> None:
    project = make_project(people=size, rate=FASTEST)
    Provider.objects.filter(project=project).update(
        auto_reply_enabled=True, auto_reply_text="We answer within a day."
    )
    with (
        gateway() as simulator,
        receiver("config.wsgi_callbacks:application", settings="config.settings.callbacks") as door,
        worker("config", queue="send", pool="threads", gateway=simulator.gateway_url),
        worker("config", queue="callbacks", pool="prefork", gateway="", concurrency=2),
    ):
        campaign_run = launched(project)
        send_due.delay()
        drain.delay()
        url = f"{door.url}/gupshup/response?a={whole_key(current_key(project))}"
        _write(url, STRANGERS)  # until all programs are up; not measured
        wait_until(lambda: len(_waits(project)) == 1)
        InboundMessage.objects.filter(project=project).delete()
        for number in range(STRANGERS):
            _write(url, number)
            time.sleep(PAUSE)
        left = Outbox.objects.filter(run=campaign_run).count()
        print(
            f"{left:,} of {size:,} campaign messages were still to be sent after the last stranger"
        )
        wait_until(lambda: len(_waits(project)) == STRANGERS)
    waits = sorted(_waits(project))
    p99 = waits[int(STRANGERS * 0.99)]
    print(f"auto-replies: p50 {waits[STRANGERS // 2]:.2f} s, p99 {p99:.2f} s")
    say("auto_reply", size=size, p99_s=p99)


def _write(url: str, number: int) -> None:
    body = {
        "waNumber": "919000000001",
        "mobile": f"9180000{number:05d}",
        "name": "Asha",
        "type": "text",
        "text": f"Hello, are you open today? {number}",
        "timestamp": str(int(time.time() * 1000)),
    }
    post_one(url, json.dumps(body).encode())


def _waits(project: Project) -> list[float]:
    """Seconds, of those that are answered."""
    answered = InboundMessage.objects.filter(
        project=project,
        reply_message__kind=MessageKind.AUTO_REPLY,
        reply_message__sent_at__isnull=False,
    ).values_list("received_at", "reply_message__sent_at")
    return [(sent - received).total_seconds() for received, sent in answered if sent]
