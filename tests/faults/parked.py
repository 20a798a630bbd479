"""A worker killed while it tries what is parked, beside a flood of reports that fit nothing."""

from dataclasses import replace

from django.utils import timezone

from callbacks.models import ParkedFact, Receipt
from callbacks.receipts import processing
from campaigns.models import GatewayId, Message, Run
from providers.models import Project
from tests.benchmarks.parked import unknown_reports
from tests.callbacks.posting import inbound, report
from tests.factories import ProjectFactory, ProviderFactory, ReceiptFactory
from tests.faults.callbacks import sent
from tests.faults.drains import END_SECONDS, STRANGER, judge, waiting
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.stores import wait_until
from tests.faults.world import HELPER, World

PER_POST = 5_000
# Two are promised; here other worlds and their kills share the machine.
ANSWERED_WITHIN = 20.0  # seconds


class WorkerKilledWhileParkedAreTried(Fault):
    """kill -9 of the worker that tries parked reports, whose ids are recorded by now; beside them
    lie 100,000 that fit no message. Then somebody says STOP, and a stranger writes."""

    def play(self, world: World, play: Play) -> Verdict:
        world.without(HELPER)
        run = sent(play.people(quick=40, full=200))
        flood = flooded(play.amount(quick=5_000, full=100_000))
        come_early(run)
        world.another(HELPER, plant="kill_while_parked_are_tried", seed=play.seed).wait_for_end()
        ParkedFact.objects.filter(project=flood).update(due_at=timezone.now())
        world.one(HELPER)
        written = [write(flood, "STOP"), write(run.campaign.project, "Hello")]
        wait_until(lambda: not waiting(run) and not parked(run), seconds=END_SECONDS)
        wait_until(lambda: not Receipt.objects.waiting().exists(), seconds=END_SECONDS)
        verdict = judge(self.name(), run)
        late = [problem for receipt in written for problem in too_late(receipt)]
        return replace(verdict, problems=[*verdict.problems, *late])


def flooded(count: int) -> Project:
    """A project with so many parked reports about messages that nobody has."""
    provider = ProviderFactory.create(project=ProjectFactory.create())
    for body in unknown_reports(count, per_post=PER_POST):
        ReceiptFactory.create(project=provider.project, body=body)
    drain()
    assert ParkedFact.objects.filter(project=provider.project).count() == count
    return provider.project


def come_early(run: Run) -> None:
    """A report for each message, under an id that is recorded only afterwards."""
    project, messages = run.campaign.project, Message.objects.filter(run=run)
    given = {message: f"{message.pk}-strange" for message in messages}
    Receipt.objects.bulk_create(
        ReceiptFactory.build(
            project=project, payload=[report(0, "READ", extra=None, externalId=external_id)]
        )
        for external_id in given.values()
    )
    drain()
    assert parked(run) == len(given)
    GatewayId.objects.bulk_create(
        GatewayId(project=project, external_id=external_id, message=message)
        for message, external_id in given.items()
    )


def drain() -> None:
    while Receipt.objects.waiting().exists():
        processing.drain()


def parked(run: Run) -> int:
    return ParkedFact.objects.filter(project=run.campaign.project).count()


def write(project: Project, text: str) -> Receipt:
    now = str(int(timezone.now().timestamp() * 1000))
    payload = inbound(text, mobile=STRANGER, timestamp=now)
    return ReceiptFactory.create(project=project, payload=payload)


def too_late(receipt: Receipt) -> list[str]:
    receipt.refresh_from_db()
    assert receipt.processed_at is not None
    waited = (receipt.processed_at - receipt.received_at).total_seconds()
    return [f"somebody who wrote waited for {waited:.0f} s"] if waited > ANSWERED_WITHIN else []
