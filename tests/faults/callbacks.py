"""Something breaks while callbacks arrive. Gupshup posts again what was not answered 200, at best,
and nothing else: so whatever was answered 200 has to be applied, and nothing twice.
"""

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.utils import timezone

from campaigns.models import Message, MessageKind, Outbox, Run, State
from providers.models import Provider
from tests.callbacks.posting import inbound, report
from tests.factories import MessageFactory, ProviderFactory, RunFactory, TallyFactory
from tests.faults.drains import END_SECONDS, DrainFault, arrived, judge, waiting
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.stores import wait_until
from tests.faults.world import HELPER, RECEIVER, SENDER, World
from tests.gateway_simulator import CREDENTIALS

AT_ONCE = 8
POST_AGAIN_SECONDS = 60.0


class ArrivingFault(Fault):
    """Posts a report for each person and what a stranger writes, and strikes in the middle."""

    def play(self, world: World, play: Play) -> Verdict:
        people = play.people(quick=60, full=300)
        run = sent(people)
        world.connect(run.campaign.project)
        world.one(RECEIVER)
        bodies = bodies_about(run)
        middle = len(bodies) // 2
        refused = post(world, bodies[:middle])
        refused += self.strike(world, play, bodies[middle:])
        post_until_stored(world, refused)
        wait_until(lambda: not waiting(run), seconds=END_SECONDS)
        return judge(self.name(), run)

    def strike(self, world: World, play: Play, bodies: list[bytes]) -> list[bytes]:
        """Posts these while it is broken, and mends it. Returns what was not answered 200."""
        raise NotImplementedError


class ReceiverKilledAfterItsAnswer(ArrivingFault):
    """kill -9 of the callback process right after a 200, others of its requests still open."""

    def strike(self, world: World, play: Play, bodies: list[bytes]) -> list[bytes]:
        receiver = world.one(RECEIVER)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = [pool.submit(world.try_status, body) for body in bodies]
            wait_until(lambda: any(answer.done() for answer in answers))
            receiver.kill()
            statuses = [answer.result() for answer in answers]
        world.one(RECEIVER)
        return [body for body, status in zip(bodies, statuses, strict=True) if status != 200]


class CallbacksWhilePostgresIsAway(ArrivingFault):
    """Nothing can be stored: each callback is answered 503, none is taken and lost."""

    def strike(self, world: World, play: Play, bodies: list[bytes]) -> list[bytes]:
        world.postgres.stop(signal.SIGINT)
        statuses = [world.try_status(body) for body in bodies[:AT_ONCE]]
        time.sleep(play.seconds(quick=1.0, full=60.0))
        world.postgres.start()
        connection.close()
        assert set(statuses) == {503}, statuses
        return bodies


class CallbacksWhileRedisIsAway(ArrivingFault):
    """The workers can't be woken; callbacks are stored all the same, and applied afterwards."""

    def strike(self, world: World, play: Play, bodies: list[bytes]) -> list[bytes]:
        world.redis.stop(signal.SIGTERM)
        refused = post(world, bodies)
        time.sleep(play.seconds(quick=1.0, full=60.0))
        world.redis.start()
        assert refused == [], f"{len(refused)} callbacks were refused without Redis"
        return refused


class WorkerKilledBeforeTheAutoReply(DrainFault):
    """kill -9 of the worker that has read a stranger's text, before the auto-reply is sent."""

    plant = "kill_after_the_drain_committed"

    def play(self, world: World, play: Play) -> Verdict:
        world.without(HELPER)
        world.without(SENDER)
        run = arrived(play.people(quick=40, full=200))
        world.connect(run.campaign.project)
        world.simulator.options(reports=False)  # of the reply: they would be receipts, too
        Provider.objects.filter(project=run.campaign.project).delete()
        ProviderFactory.create(
            project=run.campaign.project,
            auto_reply_enabled=True,
            auto_reply_text="Hello!",
            **CREDENTIALS,
        )
        self.strike(world, play, run)
        world.one(SENDER)
        replies = Message.objects.filter(
            project=run.campaign.project, kind=MessageKind.AUTO_REPLY, sent_at__isnull=False
        )
        wait_until(replies.exists, seconds=END_SECONDS)
        wait_until(lambda: not Outbox.objects.filter(message__in=replies).exists())
        told = [r for r in world.simulator.book() if r["phone"] == STRANGER and r["accepted"]]
        assert len(told) == 1, told
        return judge(self.name(), run)


STRANGER = inbound()["mobile"]


def sent(people: int) -> Run:
    """A campaign that was sent, about which nothing has come back."""
    run = RunFactory.create()
    TallyFactory.create(run=run, name="sent", n=people)
    TallyFactory.create(run=run, name="targeted", n=people)
    ProviderFactory.create(
        project=run.campaign.project, auto_reply_enabled=True, auto_reply_text="Hello!"
    )
    MessageFactory.create_batch(
        people, run=run, state=State.SENT, sent_at=timezone.now(), attempt=1
    )
    return run


def bodies_about(run: Run) -> list[bytes]:
    ids = Message.objects.filter(run=run).values_list("pk", flat=True)
    now = str(int(timezone.now().timestamp() * 1000))
    payloads: list[object] = [[report(pk, "READ")] for pk in ids]
    payloads.insert(len(payloads) // 2 + 1, inbound(timestamp=now))
    return [json.dumps(payload).encode() for payload in payloads]


def post(world: World, bodies: list[bytes]) -> list[bytes]:
    """Those that were not answered 200."""
    return [body for body in bodies if world.try_status(body) != 200]


def post_until_stored(world: World, bodies: list[bytes]) -> None:
    """As Gupshup would: again and again, until each has had its 200."""
    ends = time.monotonic() + POST_AGAIN_SECONDS
    while bodies := post(world, bodies):
        assert time.monotonic() < ends, f"{len(bodies)} callbacks are refused for ever"
        time.sleep(0.2)
