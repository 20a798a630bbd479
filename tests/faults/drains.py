"""Workers killed while they read callbacks: nothing is lost, and nothing is applied twice."""

from collections import Counter
from typing import ClassVar

from django.conf import settings
from django.utils import timezone

from callbacks.models import InboundMessage, Receipt, ReceiptState
from callbacks.receipts import processing
from callbacks.receipts.replaying import replay
from campaigns.ledger.tallies import totals
from campaigns.models import Event, EventName, Message, MessageKind, Run, State
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import inbound, report
from tests.campaigns.recount import recount
from tests.factories import (
    MessageFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    TallyFactory,
)
from tests.faults.campaign import new_profiles
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.stores import wait_until
from tests.faults.world import HELPER, World

DEADLY = b"deadly"
DEATHS_AT_ONCE = settings.RECEIPT_MAX_TRIES
END_SECONDS = 120.0
RECEIPTS_OF_A_STRANGER = 1
STRANGER = "919000000077"  # nobody's profile has it


class DrainFault(Fault):
    """A worker dies over receipts: one for each of its people, and a stranger who writes."""

    plant: ClassVar[str]
    people: ClassVar[int] = 200
    few: ClassVar[int] = 40

    def play(self, world: World, play: Play) -> Verdict:
        world.without(HELPER)
        run = arrived(play.people(quick=self.few, full=self.people))
        self.strike(world, play, run)
        return judge(self.name(), run)

    def strike(self, world: World, play: Play, run: Run) -> None:
        world.another(HELPER, plant=self.plant, seed=play.seed).wait_for_end()
        end_leases(run)
        world.one(HELPER)
        wait_until(lambda: not waiting(run), seconds=END_SECONDS)


class DrainKilledBeforeItsCommit(DrainFault):
    """kill -9 of a worker that has applied a batch of receipts, and not committed it."""

    plant = "kill_before_the_drain_commits"


class DrainKilledAfterItsCommit(DrainFault):
    """kill -9 of a worker that has committed a batch of receipts, and told nobody."""

    plant = "kill_after_the_drain_committed"


class DrainKilledThreeTimes(DrainFault):
    """kill -9 of three workers, one after the other, over 10,000 receipts."""

    plants = (
        DrainKilledBeforeItsCommit.plant,
        DrainKilledAfterItsCommit.plant,
        DrainKilledBeforeItsCommit.plant,
    )
    people = 10_000
    few = 1_000

    def strike(self, world: World, play: Play, run: Run) -> None:
        for turn, plant in enumerate(self.plants):
            world.another(HELPER, plant=plant, seed=play.seed + turn).wait_for_end()
            assert waiting(run), "there was nothing left to read"
            end_leases(run)
        world.one(HELPER)
        wait_until(lambda: not waiting(run), seconds=END_SECONDS)


class DeadlyReceipt(DrainFault):
    """A receipt that ends every worker that reads it: it is given up, and the others go on. Then
    somebody replays it, until it has ended ten workers."""

    plant = "kill_at_a_deadly_receipt"
    people = 60  # each time, one by one

    def strike(self, world: World, play: Play, run: Run) -> None:
        deadly = ReceiptFactory.create(project=run.campaign.project, body=DEADLY)
        killed = self._until_given_up(world, run, deadly)
        while killed < play.amount(quick=DEATHS_AT_ONCE, full=10):
            arrive_again(run)
            replay(Receipt.objects.filter(pk=deadly.pk), by=SYSTEM)
            killed += self._until_given_up(world, run, deadly)
        deadly.delete()

    def _until_given_up(self, world: World, run: Run, deadly: Receipt) -> int:
        """How many workers it has ended. All the others are applied."""
        killed = 0
        while waiting(run):
            worker = world.another(HELPER, plant=self.plant)
            wait_until(lambda w=worker: not w.runs or not waiting(run), seconds=END_SECONDS)  # type: ignore[misc]
            killed += not worker.runs
            worker.kill()
            end_leases(run)
        deadly.refresh_from_db()
        assert (deadly.state, deadly.problem) == (ReceiptState.FAILED, processing.ENDED_WORKERS)
        assert killed == DEATHS_AT_ONCE, f"{killed} workers were ended"
        return killed


def arrived(people: int) -> Run:
    """A campaign that was sent, and its people's receipts, which nobody has read yet."""
    run = RunFactory.create()
    TallyFactory.create(run=run, name="sent", n=people)
    TallyFactory.create(run=run, name="targeted", n=people)
    project = run.campaign.project
    ProviderFactory.create(project=project, auto_reply_enabled=True, auto_reply_text="Hello!")
    send_to(people, run)
    arrive_again(run)
    now = str(int(timezone.now().timestamp() * 1000))
    ReceiptFactory.create(project=project, payload=inbound(mobile=STRANGER, timestamp=now))
    return run


def send_to(people: int, run: Run) -> None:
    """Messages that were sent."""
    profiles = new_profiles(people, run.campaign.project)
    now = timezone.now()
    Message.objects.bulk_create(
        MessageFactory.build(run=run, profile=profile, state=State.SENT, sent_at=now, attempt=1)
        for profile in profiles
    )


def arrive_again(run: Run) -> None:
    """A receipt for each message."""
    project = run.campaign.project
    ids = Message.objects.filter(run=run).values_list("pk", flat=True)
    Receipt.objects.bulk_create(
        ReceiptFactory.build(project=project, payload=[report(pk, "READ")]) for pk in ids
    )


def waiting(run: Run) -> int:
    return Receipt.objects.waiting().filter(project=run.campaign.project).count()


def end_leases(run: Run) -> None:
    """As if their time were over."""
    Receipt.objects.waiting().filter(project=run.campaign.project).update(due_at=timezone.now())


def judge(name: str, run: Run) -> Verdict:
    """Here a person is reached by an event: exactly one that says the message was viewed."""
    project = run.campaign.project
    messages = Message.objects.filter(run=run)
    viewed = Counter(
        Event.objects.filter(message__in=messages, name=EventName.VIEWED).values_list(
            "message_id", flat=True
        )
    )
    return Verdict(
        fault=name,
        people=messages.count(),
        reached_once=sum(times == 1 for times in viewed.values()),
        doubled=sum(times > 1 for times in viewed.values()),
        lost=messages.exclude(state=State.READ).count(),
        counters_ok=dict(totals([run.pk])) == recount([run.pk]),
        problems=_of_the_stranger(project.pk) + _of_receipts(project.pk),
    )


def _of_receipts(project_id: int) -> list[str]:
    receipts = Receipt.objects.filter(project_id=project_id)
    bad = receipts.exclude(state=ReceiptState.APPLIED, applied=1).count()
    return [f"{bad} receipts are not applied"] if bad else []


def _of_the_stranger(project_id: int) -> list[str]:
    """Who wrote once is stored once and answered once."""
    stored = InboundMessage.objects.filter(project_id=project_id).count()
    replies = Message.objects.filter(project_id=project_id, kind=MessageKind.AUTO_REPLY).count()
    if (stored, replies) == (RECEIPTS_OF_A_STRANGER, RECEIPTS_OF_A_STRANGER):
        return []
    return [f"a stranger's text was stored {stored} times and answered {replies} times"]
