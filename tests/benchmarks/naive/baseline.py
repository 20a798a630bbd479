"""What a Django and Celery project does first: a task a message, get(), requests, save().

Django's and Celery's defaults, except for 16 processes instead of 2 (with 2 it would reach 13
messages a second, at the same cost) and a session kept per process.
"""

import sys
import time
from pathlib import Path

from campaigns.models import Message, State
from tests.benchmarks.measuring import Spent, measured, wait_until
from tests.benchmarks.naive.app import app
from tests.benchmarks.people import make_campaign, make_project
from tests.benchmarks.programs import worker

# By name: the task's module needs a library that only the worker has (requirements-bench.in).
TASK = "tests.benchmarks.naive.tasks.send_message"
LIBRARIES = Path(sys.prefix) / "bench"


def send(size: int, gateway: str) -> Spent:
    project = make_project(people=size, rate=1)
    campaign = make_campaign(project)
    Message.objects.bulk_create(
        Message(
            project=project,
            kind=1,
            campaign=campaign,
            variant=campaign.variants.get(),
            profile=profile,
            phone=profile.phone,
            send_key=profile.match_key,
        )
        for profile in project.profiles.all()
    )
    messages = Message.objects.filter(campaign=campaign)
    with worker(
        "tests.benchmarks.naive.app",
        queue="naive",
        pool="prefork",
        gateway=gateway,
        concurrency=16,
        settings="tests.benchmarks.naive.settings",
        libraries=LIBRARIES,
    ) as pid:
        time.sleep(5)
        with measured(worker=pid) as spent:
            for message_id in messages.values_list("pk", flat=True):
                app.send_task(TASK, [message_id], queue="naive")
            wait_until(lambda: not messages.exclude(state=State.SENT).exists())
    return spent
