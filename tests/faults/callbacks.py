"""Something breaks while callbacks arrive. Gupshup posts again what was not answered 200, at best,
and nothing else: so whatever was answered 200 has to be applied, and nothing twice.
"""

import json
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from campaigns.models import Message, MessageKind, Outbox, Run
from providers.models import Provider
from tests.callbacks.posting import inbound, report
from tests.factories import ProviderFactory, RunFactory, TallyFactory
from tests.faults.drains import END_SECONDS, STRANGER, DrainFault, arrived, judge, send_to, waiting
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.postgres_away import ENDS
from tests.faults.stores import wait_until
from tests.faults.world import HELPER, RECEIVER, SENDER, World
from tests.gateway_simulator import CREDENTIALS
from tests.refusing_redis import REFUSALS, mend

AT_ONCE = 8
POST_AGAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Scene:
    """`bodies`: of the callbacks that are still to come. `dice` are the seed's."""

    world: World
    play: Play
    dice: random.Random
    bodies: list[bytes]


class ArrivingFault(Fault):
    """Posts a report for each person and what a stranger writes, and strikes in the middle."""

    def play(self, world: World, play: Play) -> Verdict:
        people = play.people(quick=60, full=300)
        run = sent(people)
        world.connect(run.campaign.project)
        world.one(RECEIVER)
        bodies = bodies_about(run)
        dice = random.Random(play.seed)
        middle = int(dice.uniform(0.1, 0.7) * len(bodies))
        refused = post(world, bodies[:middle])
        refused += self.strike(Scene(world, play, dice, bodies[middle:]))
        post_until_stored(world, refused)
        wait_until(lambda: not waiting(run), seconds=END_SECONDS)
        return judge(self.name(), run)

    def strike(self, scene: Scene) -> list[bytes]:
        """Posts its bodies while it is broken, and mends it. Returns what was not answered 200."""
        raise NotImplementedError


class ReceiverKilledAfterItsAnswer(ArrivingFault):
    """kill -9 of the callback process right after a 200, others of its requests still open."""

    def strike(self, scene: Scene) -> list[bytes]:
        receiver = scene.world.one(RECEIVER)
        most = scene.dice.randint(1, len(scene.bodies) // 2)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = [pool.submit(scene.world.try_status, body) for body in scene.bodies]
            wait_until(lambda: sum(answer.done() for answer in answers) >= most)
            receiver.kill()
            statuses = [answer.result() for answer in answers]
        scene.world.one(RECEIVER)
        return [body for body, status in zip(scene.bodies, statuses, strict=True) if status != 200]


class CallbacksWhilePostgresIsAway(ArrivingFault):
    """For a minute nothing can be stored: each callback is answered 503, none is taken and lost."""

    waits = True

    def strike(self, scene: Scene) -> list[bytes]:
        scene.world.postgres.stop(ENDS[scene.play.seed % len(ENDS)])
        until = time.monotonic() + scene.play.outage()
        statuses = set()
        while time.monotonic() < until:
            statuses.add(scene.world.try_status(scene.dice.choice(scene.bodies)))
            time.sleep(0.2)
        scene.world.postgres.start()
        connection.close()
        assert statuses == {503}, statuses
        return scene.bodies


class CallbacksWhileRedisIsAway(ArrivingFault):
    """For a minute the workers can't be woken; callbacks are stored all the same, and applied
    afterwards."""

    waits = True

    def strike(self, scene: Scene) -> list[bytes]:
        scene.world.redis.stop(signal.SIGTERM)
        until = time.monotonic() + scene.play.outage()
        refused = post(scene.world, scene.bodies)
        time.sleep(max(0.0, until - time.monotonic()))
        scene.world.redis.start()
        assert refused == [], f"{len(refused)} callbacks were refused without Redis"
        return refused


class CallbacksWhileRedisRefuses(ArrivingFault):
    """For a minute Redis answers and takes no writes: callbacks are stored all the same, and
    applied afterwards."""

    waits = True

    def strike(self, scene: Scene) -> list[bytes]:
        client = redis.Redis.from_url(settings.REDIS_URL)
        list(REFUSALS.values())[scene.play.seed % len(REFUSALS)](client)
        until = time.monotonic() + scene.play.outage()
        refused = post(scene.world, scene.bodies)
        time.sleep(max(0.0, until - time.monotonic()))
        mend(client)
        assert refused == [], f"{len(refused)} callbacks were not stored"
        return refused


class WorkerKilledBeforeTheAutoReply(DrainFault):
    """kill -9 of the worker that has read a stranger's text, before the auto-reply is sent."""

    plant = "kill_after_all_was_drained"

    def play(self, world: World, play: Play) -> Verdict:
        world.without(HELPER)
        world.without(SENDER)
        run = arrived(play.people(quick=40, full=self.people))
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


def sent(people: int) -> Run:
    """A campaign that was sent, about which nothing has come back."""
    run = RunFactory.create()
    TallyFactory.create(run=run, name="sent", n=people)
    TallyFactory.create(run=run, name="targeted", n=people)
    ProviderFactory.create(
        project=run.campaign.project, auto_reply_enabled=True, auto_reply_text="Hello!"
    )
    send_to(people, run)
    return run


def bodies_about(run: Run) -> list[bytes]:
    ids = Message.objects.filter(run=run).values_list("pk", flat=True)
    now = str(int(timezone.now().timestamp() * 1000))
    payloads: list[object] = [[report(pk, "READ")] for pk in ids]
    payloads.insert(len(payloads) // 2 + 1, inbound(mobile=STRANGER, timestamp=now))
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
