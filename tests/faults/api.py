"""Something breaks while programs call the API: a body is stored whole or not at all, its repeat
changes nothing, and whoever calls is told what to do."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from campaigns.models import Message, Profile, State
from providers.api_keys.making import make_key, revoke
from providers.models import ApiKey, Project, Scope
from providers.watch.actors import SYSTEM
from tests.factories import ProjectFactory, ProviderFactory, TemplateFactory
from tests.faults.campaign import SENT_METHOD
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.imports import nobody_may_change
from tests.faults.postgres_away import ENDS
from tests.faults.stores import wait_until
from tests.faults.world import API, SENDER, WEB, World
from tests.gateway_simulator import CREDENTIALS

PROGRAMS = 10
END_SECONDS = 120.0
WAITING = "SELECT pid FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
LEFT = "SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s)"


Answer = tuple[int, Mapping[str, str], Any]


@dataclass(frozen=True, slots=True)
class Shop:
    """A program with its key. `role`: which process answers it."""

    world: World
    project: Project
    key: ApiKey
    text: str
    role: str

    def send(self, records: Sequence[Mapping[str, Any]], *, name: str = "") -> Answer:
        return self.call("profiles", {"records": records, "create": True}, name=name)

    def call(self, address: str, body: object, *, name: str = "") -> Answer:
        headers = {"Authorization": f"Bearer {self.text}"}
        headers |= {"Idempotency-Key": name} if name else {}
        return self.world.call_api(self.role, address, body, headers)

    @property
    def people(self) -> int:
        return Profile.objects.of(self.project).count()


def open_shop(world: World, *, role: str = WEB, sends_a_day: int | None = None) -> Shop:
    world.one(role)
    project = ProjectFactory.create()
    scopes = [Scope.WRITE, Scope.SEND]
    made = make_key(project, name="Web shop", scopes=scopes, sends_a_day=sends_a_day, by=SYSTEM)
    return Shop(world, project, made.key, made.text, role)


def people(count: int, *, first: int = 0) -> list[dict[str, Any]]:
    numbers = range(first, first + count)
    return [{"identity": f"u-{n}", "phone": f"+9190{n:08d}", "name": "Asha"} for n in numbers]


def judge(name: str, shop: Shop, wanted: int, problems: Sequence[str] = ()) -> Verdict:
    there = shop.people
    return Verdict(
        fault=name,
        people=wanted,
        reached_once=min(there, wanted),
        doubled=max(0, there - wanted),
        lost=max(0, wanted - there),
        problems=problems,
    )


def backends(statement: str, *values: object) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [pid for (pid,) in cursor.fetchall()]


class WebKilledInMidUpload(Fault):
    """kill -9 of the console's process while a body is being stored."""

    def play(self, world: World, play: Play) -> Verdict:
        shop, size = open_shop(world), play.amount(quick=300, full=1_000)
        with ThreadPoolExecutor(1) as pool:
            with nobody_may_change(shop.project, f"u-{size - 1}"):
                answer = pool.submit(shop.send, people(size), name="a")
                wait_until(lambda: bool(backends(WAITING)))
                storing = backends(WAITING)
                world.one(WEB).kill()
                problems = _expect("the call that was killed", answer.result()[0], 0)
            # Its backend finds nobody to answer, and takes back what it did.
            wait_until(lambda: not backends(LEFT, storing))
        problems += _expect("people after the kill", shop.people, 1)
        world.one(WEB)
        counts = [shop.send(people(size), name="a")[2]["counts"] for _ in range(2)]
        wanted = {"created": size - 1, "updated": 1}
        problems += _expect("its repeats", counts, [wanted, wanted])
        fresh = shop.send(people(size), name="b")[2]["counts"]
        problems += _expect("the same by another name", fresh, {"unchanged": size})
        return judge(self.name(), shop, size, problems)


class UploadsWhileRedisIsAway(Fault):
    """For a while calls can't be counted, and workers can't be woken."""

    waits = True

    def play(self, world: World, play: Play) -> Verdict:
        shop = open_shop(world)
        calls = play.amount(quick=5, full=50)
        world.redis.stop(signal.SIGTERM)
        try:
            answers = [shop.send(people(20, first=20 * n))[0] for n in range(calls)]
        finally:
            world.redis.start()
        return judge(self.name(), shop, 20 * calls, _expect("answers", {*answers}, {200}))


class CallsWhilePostgresIsAway(Fault):
    """Nothing can be stored, and no key be looked up."""

    waits = True

    def play(self, world: World, play: Play) -> Verdict:
        shop = open_shop(world)
        before = shop.send(people(10))[0]
        world.postgres.stop(ENDS[play.seed % len(ENDS)])
        until = time.monotonic() + play.seconds(quick=2.0, full=15.0)
        told = set()
        while time.monotonic() < until:
            status, headers, problem = shop.send(people(20))
            told.add((status, headers.get("Retry-After"), (problem or {}).get("code")))
            time.sleep(0.1)
        world.postgres.start()
        connection.close()
        problems = _expect("what was told", told, {(503, "5", "unavailable")})
        problems += _expect("before and after", (before, shop.send(people(20))[0]), (200, 200))
        return judge(self.name(), shop, 20, problems)


class KeyRevokedWhileUploadsRun(Fault):
    """Ten programs upload with one key, again and again, when somebody revokes it."""

    def play(self, world: World, play: Play) -> Verdict:
        shop, size = open_shop(world, role=API), 50
        dice = random.Random(play.seed)
        seconds = dice.uniform(0.2, play.seconds(quick=1.0, full=5.0))
        revoked = threading.Event()

        def upload(program: int) -> list[int]:
            """Statuses, the last one of a call that began after the key was revoked."""
            statuses: list[int] = []
            while not revoked.is_set():
                first = program * 1_000_000 + len(statuses) * size
                statuses.append(shop.send(people(size, first=first))[0])
                time.sleep(0.01)
            return [*statuses, shop.send(people(size, first=99_000_000))[0]]

        with ThreadPoolExecutor(PROGRAMS) as pool:
            programs = [pool.submit(upload, number) for number in range(PROGRAMS)]
            time.sleep(seconds)
            revoke(shop.key, by=SYSTEM)
            revoked.set()
            statuses = [program.result() for program in programs]
        stored = sum(each.count(200) for each in statuses)
        late = {each[-1] for each in statuses}
        problems = _expect("answers after that", late, {401})
        problems += _expect(
            "all answers", {s for each in statuses for s in each} - {429}, {200, 401}
        )
        return judge(self.name(), shop, stored * size, problems)


class ApiKilledWhileItTakesMessages(Fault):
    """kill -9 of the API's process while it takes messages: the program, which got no answer, calls
    again by the same Idempotency-Key, and twice."""

    def play(self, world: World, play: Play) -> Verdict:
        size = play.amount(quick=60, full=600)
        shop = open_shop(world, role=API, sends_a_day=size)
        project = shop.project
        ProviderFactory.create(project=project, rate=300, **CREDENTIALS)
        TemplateFactory.create(project=project, name="order_placed", category="UTILITY")
        world.connect(project)
        world.simulator.options(latency=0.05, behaviours=False, reports=False)
        world.one(SENDER)
        shop.send(people(size))
        with ThreadPoolExecutor(1) as pool:
            with _nobody_may_spend(shop.key):
                answer = pool.submit(shop.call, SEND, _orders(size), name="a")
                wait_until(lambda: bool(backends(WAITING)))
                taking = backends(WAITING)
                world.one(API).kill()
                problems = _expect("the call that was killed", answer.result()[0], 0)
            wait_until(lambda: not backends(LEFT, taking))
        problems += _expect("messages after the kill", _messages(project).count(), 0)
        world.one(API)
        told = [shop.call(SEND, _orders(size), name="a") for _ in range(2)]
        counts = [(status, body["counts"]) for status, _headers, body in told]
        problems += _expect("its repeats", counts, [(202, {"accepted": size})] * 2)
        problems += _expect("another call", shop.call(SEND, _orders(1), name="b")[0], 429)
        problems += _wait_for_all(project, size)
        return _judge_sent(self.name(), world, size, problems)


SEND = "messages:send"


def _orders(size: int) -> dict[str, Any]:
    template = {"template": "order_placed", "language": "en", "values": {"body.1": "Asha"}}
    return {"records": [{**template, "to": {"identity": f"u-{n}"}} for n in range(size)]}


def _messages(project: Project) -> "QuerySet[Message]":
    return Message.objects.filter(project=project)


def _wait_for_all(project: Project, size: int) -> list[str]:
    sent = _messages(project).filter(state=State.SENT)
    try:
        wait_until(lambda: sent.count() >= size, seconds=END_SECONDS)
    except TimeoutError:
        states = Counter(_messages(project).values_list("state", "reason"))
        return [f"states after {END_SECONDS:.0f} s: {dict(states)}"]
    return []


@contextmanager
def _nobody_may_spend(key: ApiKey) -> Iterator[None]:
    """So a call that sends waits when its messages are written, and not committed."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM providers_apikey WHERE id = %s FOR UPDATE", [key.pk])
            yield
    finally:
        other.close()


def _judge_sent(name: str, world: World, wanted: int, problems: Sequence[str]) -> Verdict:
    """The gateway's book is the witness."""
    book = world.simulator.book()
    times = Counter(row["phone"] for row in book if row["method"] == SENT_METHOD)
    return Verdict(
        fault=name,
        people=wanted,
        reached_once=sum(count == 1 for count in times.values()),
        doubled=sum(count > 1 for count in times.values()),
        lost=max(0, wanted - len(times)),
        problems=problems,
    )


def _expect(what: str, found: object, wanted: object) -> list[str]:
    return [] if found == wanted else [f"{what}: {found} instead of {wanted}"]
