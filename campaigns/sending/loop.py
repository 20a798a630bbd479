"""Sending what is due, turn by turn, for the life of a worker process.

A turn records what has ended, asks for permits, claims as many messages as can start now, and
starts them on the process's one event loop and client. This module does not render, judge or write:
composing.py, judging.py and recording.py do.

Nothing is ever sent twice by guess: a request is written only before its claim's fence, by this
process's monotonic clock, well before the lease can run out on PostgreSQL's.
"""

import asyncio
import logging
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from time import monotonic, sleep
from typing import TypeAlias

from django.conf import settings
from django.db import DataError, Error, IntegrityError, connection
from django.utils import timezone

from campaigns.pace import rate
from campaigns.pace.beginnings import Beginnings
from campaigns.pace.storms import Outcome
from campaigns.running.storm_watch import watch_for_storms
from campaigns.sending.answers_to_tests import note_answers
from campaigns.sending.claiming import Claim, claim_bulk, claim_direct, claim_urgent
from campaigns.sending.composing import Letter, OpenProvider, OpenProviders, compose
from campaigns.sending.finding_due import Due, Running, find_due
from campaigns.sending.halting import Outages, Recovery, halt
from campaigns.sending.judging import (
    OUR_FAULT,
    Ended,
    consent_of,
    is_outage,
    opted_in,
    outcome_of,
    outcomes_of_unsendable,
    result_of,
)
from campaigns.sending.putting_off import put_off
from campaigns.sending.recording import Consent, Result, record
from providers.gateway.calling import GatewayLoop
from providers.gateway.client import GatewayClient
from providers.gateway.requests import OptIn
from providers.gateway.results import Answer, Scope, Verdict
from providers.watch import counting
from providers.watch.counting import Counted
from providers.watch.logging_failures import logging_failure_of

logger = logging.getLogger(__name__)

TURN = 0.04  # seconds between the starts of two turns
LINGER = 1.5  # seconds without work after which the task ends
KEPT_FOR_URGENT = 16  # request slots that campaigns leave free, and programs half of them
OUTAGE_PAUSE = 1.0  # seconds

Recorded: TypeAlias = tuple[list[Result], list[Consent]]

shutting_down = threading.Event()


class Sender:
    """All sending of one process, with at most `slots` open requests. Not for two threads at
    once."""

    def __init__(self, gateway: GatewayLoop, *, slots: int | None = None) -> None:
        self._gateway = gateway
        self._slots = slots or settings.GATEWAY_CONCURRENCY
        self._providers = OpenProviders()
        self._recovery = Recovery()
        self._calls = Calls(gateway.client)
        self._open = 0
        self._results: list[Result] = []
        self._consents: list[Consent] = []
        self._outages = Outages()
        self._beginnings = Beginnings()
        self._answered: list[tuple[Letter, Answer]] = []
        self._outcomes: list[Outcome] = []
        self._tests: list[Ended] = []

    def run(self, *, seconds: float) -> None:
        """Until nothing is due, or `seconds` have passed, or the worker shuts down; then until the
        open requests have ended and everything is recorded. Where nothing was due from the start,
        it ends at once; after work it lingers, since more may follow."""
        ends, busy_at = monotonic() + seconds, -LINGER
        while True:
            started_at = monotonic()
            worked = self._turn(claiming=started_at < ends and not shutting_down.is_set())
            busy_at = started_at if worked else busy_at
            over = started_at >= ends or shutting_down.is_set() or started_at - busy_at > LINGER
            if over and not self._open and not self._results:
                return
            sleep(max(0.0, TURN - (monotonic() - started_at)))

    def _turn(self, *, claiming: bool) -> bool:
        """Did anything end, or was anything due?"""
        counting.flush()
        try:
            ended = self._record_ended()
            return (claiming and self._start_due()) or ended
        except Error as error:
            # PostgreSQL is away or refuses: what has ended is kept, and nothing new is claimed.
            logger.warning("The database is away: %s", type(error).__name__)
            connection.close()
            sleep(OUTAGE_PAUSE)
            return True

    def _record_ended(self) -> bool:
        ended = self._calls.take_ended()
        self._open -= len(ended)
        for one in ended:
            self._results.append(result := result_of(one))
            if outcome := outcome_of(one, result):
                self._outcomes.append(outcome)
            if consent := consent_of(one):
                self._consents.append(consent)
            if one.letter.test:
                self._tests.append(one)
            if one.last_answer:
                self._answered.append((one.letter, one.last_answer))
        self._write()
        self._react()
        return bool(ended)

    def _write(self) -> None:
        note_answers(self._tests)
        self._tests = []
        results, consents = self._results, self._consents
        if not results and not consents:
            return
        record_halving(results, consents)
        for result in results:
            counting.add(Counted.ATTEMPTS, result.ending.name.lower())
        self._results, self._consents = [], []

    def _react(self) -> None:
        """To what concerns the whole account, once per project and turn. What fails here is logged
        and not tried again: the next answer says the same."""
        answers = [(letter.project_id, answer) for letter, answer in self._answered]
        for project_id in {project for project, answer in answers if answer.slow_down}:
            rate.slow_down(project_id)
        refused = {project: answer for project, answer in answers if answer.scope is Scope.ACCOUNT}
        for project_id, answer in refused.items():
            with logging_failure_of(f"halting project {project_id}"):
                halt(project_id, answer)
        accepted = {p for p, answer in answers if answer.verdict is Verdict.ACCEPTED}
        with logging_failure_of("ending incidents"):
            self._recovery.note(accepted - refused.keys())
        outages = {project: answer for project, answer in answers if is_outage(answer)}
        reached = {project for project, answer in answers if not is_outage(answer)}
        with logging_failure_of("noting outages"):
            self._outages.note(unreachable=outages, reached=reached)
        with logging_failure_of("watching for storms"):
            watch_for_storms(self._outcomes)
        self._answered, self._outcomes = [], []

    def _start_due(self) -> bool:
        """Was anything due? Not all of it may go at once: the rate may hold it back."""
        projects = find_due()
        for due in projects:
            with logging_failure_of(f"sending of project {due.project_id}"):
                self._serve(due, among=len(projects))
        return bool(projects)

    def _serve(self, due: Due, *, among: int) -> None:
        """Starts what this project may send now."""
        free = self._slots - self._open
        urgent = min(due.urgent, max(0, free))
        urgent += min(due.direct, max(0, free - urgent - KEPT_FOR_URGENT // 2))
        bulk = max(0, free - urgent - KEPT_FOR_URGENT) // among if due.campaigns else 0
        if not urgent and not bulk:
            return
        provider = self._providers.of(due.provider_id)
        if provider is None:
            return
        wanted = self._beginnings.most([campaign.id for campaign in due.campaigns], wanted=bulk)
        most = _take_throttled(due.campaigns, wanted)
        try:
            sent = self._send(
                due, provider, urgent=urgent, bulk=min(bulk, sum(most.values())), most=most
            )
        except Exception:
            _give_back_throttled(due.campaigns, most, Counter())
            raise
        _give_back_throttled(due.campaigns, most, sent)

    def _send(
        self, due: Due, provider: OpenProvider, *, urgent: int, bulk: int, most: Mapping[int, int]
    ) -> Counter[int]:
        """How many of each campaign were claimed. `urgent`: programs' messages among them, which
        get what the urgent ones leave."""
        started = Counter[int]()
        if not urgent and not bulk:
            return started
        permits = rate.take(due.project_id, rate=due.rate, urgent=urgent, bulk=bulk)
        if permits is None:
            sleep(OUTAGE_PAUSE)
            return started
        if permits.held:
            self._outages.know(due.project_id)
        fence = monotonic() + lease_safely_held()
        # What is claimed is started before anything else can fail.
        unused = permits.urgent
        for claim in (claim_urgent, claim_direct):
            claims = claim(due, limit=unused)
            self._start(due.project_id, provider, claims, fence)
            unused -= len(claims)
        claims = claim_bulk(due, limit=permits.bulk, most=most)
        self._start(due.project_id, provider, claims, fence)
        rate.give_back(due.project_id, unused + permits.bulk - len(claims))
        if len(claims) < permits.bulk:
            with logging_failure_of("putting off whoever is asleep"):
                put_off(due)
        return Counter(claim.campaign_id for claim in claims if claim.campaign_id is not None)

    def _start(
        self, project_id: int, provider: OpenProvider, claims: list[Claim], fence: float
    ) -> None:
        letters, unsendable = compose(project_id, provider, claims)
        self._results.extend(unsendable)
        self._outcomes.extend(outcomes_of_unsendable(project_id, claims, unsendable))
        self._open += len(letters)
        self._gateway.submit(self._calls.start(letters, fence=fence))


class Calls:
    """The open requests: started and ended on the event loop, taken from any thread."""

    def __init__(self, client: GatewayClient) -> None:
        self._client = client
        self._ended: deque[Ended] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, letters: Iterable[Letter], *, fence: float) -> None:
        for letter in letters:
            task = asyncio.create_task(self._call(letter, fence))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def take_ended(self) -> list[Ended]:
        return [self._ended.popleft() for _ in range(len(self._ended))]

    async def _call(self, letter: Letter, fence: float) -> None:
        opt_in = answer = None
        started = monotonic()
        try:
            if letter.opt_in is not None and monotonic() < fence:
                opt_in = await self._client.call(
                    OptIn(phone=letter.phone), letter.opt_in, before=fence
                )
            asked = letter.opt_in is None or (opt_in is not None and opted_in(opt_in))
            if asked and monotonic() < fence:
                answer = await self._client.call(letter.request, letter.credentials, before=fence)
        except Exception as error:
            logger.exception("Message %s: the call broke off", letter.message_id)
            answer = Answer(verdict=Verdict.IN_DOUBT, code=OUR_FAULT, detail=type(error).__name__)
        counting.add_call(monotonic() - started)
        self._ended.append(Ended(letter, timezone.now(), opt_in, answer))


def _take_throttled(campaigns: Iterable[Running], wanted: Mapping[int, int]) -> dict[int, int]:
    """Campaign id → how many of its messages its own throttle lets out now."""
    return {
        campaign.id: rate.take_throttled(
            campaign.id, per_minute=campaign.per_minute, wanted=wanted[campaign.id]
        )
        if campaign.per_minute and wanted[campaign.id]
        else wanted[campaign.id]
        for campaign in campaigns
    }


def _give_back_throttled(
    campaigns: Iterable[Running], most: Mapping[int, int], sent: Mapping[int, int]
) -> None:
    for campaign in campaigns:
        if campaign.per_minute:
            rate.give_back_throttled(campaign.id, most[campaign.id] - sent[campaign.id])


def lease_safely_held() -> float:
    """Seconds from the claim in which a call may start and still end within its lease."""
    return float(settings.SEND_LEASE - settings.GATEWAY_TOTAL_TIMEOUT - settings.SEND_FENCE_MARGIN)


def record_halving(results: list[Result], consents: list[Consent]) -> None:
    """All at once; where PostgreSQL can't take one of them, all but that one. An attempt then ends
    in doubt with its lease, and a phone is opted in once more. Raises whatever is no single one's
    fault, such as a database that is away or takes no writes for now."""
    try:
        record(results, consents)
    except (DataError, IntegrityError, ValueError) as error:
        if len(results) + len(consents) == 1:
            what = [f"result of {r.message_id}" for r in results] or ["consent"]
            logger.error("A %s can't be recorded: %s", what[0], type(error).__name__)
            return
        for half in _halves(results, consents):
            record_halving(*half)


def _halves(results: list[Result], consents: list[Consent]) -> Iterator[Recorded]:
    """Consents and results apart before all else: neither is to pay for the other."""
    if results and consents:
        yield [], consents
        yield results, []
        return
    middle, of_consents = len(results) // 2, len(consents) // 2
    yield results[:middle], consents[:of_consents]
    yield results[middle:], consents[of_consents:]
