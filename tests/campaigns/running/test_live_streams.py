"""Triggers over random streams of events, told late, twice in a breath and out of order, held
against a plain account of what is to become of each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.ledger.months import OCCURRENCES, make_months
from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, Message, Profile, Reason, Trigger
from campaigns.planning.occasion import CUT_OFF, GRACE, Deed
from campaigns.running.turning_triggers import turn_due
from providers.models import Project
from tests.campaigns.living import CART, ORDER, living, tell, told
from tests.campaigns.recount import recount
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db
PEOPLE = 3
MINUTE = timedelta(minutes=1)
# So that the seconds which a test takes change nothing.
HALF = timedelta(seconds=30)


@dataclass(frozen=True)
class Told:
    """`minutes` ago; negative is ahead."""

    who: int
    name: str
    minutes: int


@dataclass(frozen=True)
class Pass:
    minutes: int


@dataclass(frozen=True)
class Turn:
    pass


Step = list[Told] | Pass | Turn


@dataclass
class Waiting:
    who: int
    at: datetime
    ended: str = ""  # "message", or the reason
    times: int = 1


@dataclass
class Account:
    """What is to become of it, event by event."""

    delay: timedelta
    again: timedelta | None
    unless: bool
    started_at: datetime
    triggers: list[Waiting] = field(default_factory=list)
    orders: list[tuple[int, datetime]] = field(default_factory=list)

    def tell(self, batch: Sequence[tuple[int, str, datetime]]) -> None:
        self.orders += [(who, at) for who, name, at in batch if name == ORDER]
        entering = [(who, at) for who, name, at in batch if name == CART and self._may(who, at)]
        for who, at in entering:
            there = [one for one in self.triggers if one.who == who and not one.ended]
            if not there:
                self.triggers.append(Waiting(who, at))
                continue
            there[0].times += 1
            there[0].at = min(there[0].at, at)

    def _may(self, who: int, at: datetime) -> bool:
        return at >= self.started_at and not self._had(who, at)

    def _had(self, who: int, at: datetime) -> bool:
        """A message, too short a time before or after."""
        return any(
            one.who == who
            and one.ended == "message"
            and (self.again is None or abs(one.at - at) < self.again)
            for one in self.triggers
        )

    def turn(self, now: datetime) -> None:
        for one in self.triggers:
            planned = one.at + self.delay
            if not one.ended and planned + (GRACE if self.unless else 0 * GRACE) <= now:
                one.ended = self._end(one, planned, now)

    def _end(self, one: Waiting, planned: datetime, now: datetime) -> str:
        if planned + CUT_OFF <= now:
            return Reason.CUT_OFF
        if self._had(one.who, one.at):
            return Reason.ENTERED_BEFORE
        if self.unless and any(who == one.who and at > one.at for who, at in self.orders):
            return Reason.CONDITION_FAILED
        return "message"


events = st.builds(
    Told,
    who=st.integers(0, PEOPLE - 1),
    name=st.sampled_from([CART, CART, ORDER]),
    minutes=st.one_of(st.integers(-30, 90), st.integers(0, 3)),
)
steps = st.lists(
    st.one_of(
        st.lists(events, min_size=1, max_size=6),
        st.builds(Pass, st.sampled_from([1, 5, 20, 45, 61, 130])),
        st.just(Turn()),
    ),
    min_size=2,
    max_size=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stream=steps,
    delay=st.sampled_from([0, 1, 30, 60]),
    again=st.sampled_from([None, 1, 2, 24]),
    unless=st.booleans(),
)
def test_each_trigger_ends_as_a_plain_account_says(
    project: Project, stream: list[Step], delay: int, again: int | None, unless: bool
) -> None:
    unless = unless and delay > 0
    with undone():
        people = ProfileFactory.create_batch(PEOPLE, project=project)
        campaign = living(
            project,
            delay=delay * MINUTE,
            again=None if again is None else timedelta(hours=again),
            unless=Deed(ORDER) if unless else None,
            for_hours=1,
        )
        account = Account(
            delay=delay * MINUTE,
            again=None if again is None else timedelta(hours=again),
            unless=unless,
            started_at=campaign.runs.get().started_at,
        )
        _play(campaign, people, stream, account)

        assert _found(campaign, people) == _expected(account)
        run = campaign.runs.get()
        assert dict(totals([run.pk])) == recount([run.pk])


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _play(
    campaign: Campaign, people: Sequence[Profile], stream: list[Step], account: Account
) -> None:
    """Time passes by moving all that was before. The account's clock goes on instead."""
    begun, passed, n = timezone.now(), timedelta(), 0
    make_months(OCCURRENCES, since=begun - timedelta(days=40), until=begun + timedelta(days=1))
    for step in [*stream, Pass(200), Turn()]:
        if isinstance(step, Pass):
            passed += step.minutes * MINUTE
            _move_back(campaign, step.minutes * MINUTE)
        elif isinstance(step, Turn):
            turn_due()
            account.turn(begun + passed)
        else:
            now = begun + passed
            batch = [(one.who, one.name, now - one.minutes * MINUTE - HALF) for one in step]
            account.tell(batch)
            records: list[dict[str, Any]] = []
            for who, name, at in batch:
                n += 1
                records.append(told(people[who], name, at - passed, n=n))
            assert tell(campaign.project, records) == ["stored"] * len(records)


def _move_back(campaign: Campaign, span: timedelta) -> None:
    columns = ("at", "due_at", "expires_at", "ended_at", "broken_at")
    changes = ", ".join(f"{name} = {name} - %(span)s::interval" for name in columns)
    with connection.cursor() as cursor:
        for sql in (
            f"UPDATE campaigns_trigger SET {changes}",
            "UPDATE campaigns_occurrence SET at = at - %(span)s::interval",
            "UPDATE campaigns_run SET started_at = started_at - %(span)s::interval",
        ):
            cursor.execute(sql, {"span": span})


Outcome = tuple[int, str, int]


def _found(campaign: Campaign, people: Sequence[Profile]) -> list[Outcome]:
    number = {profile.pk: who for who, profile in enumerate(people)}
    messages = dict(Message.objects.filter(campaign=campaign).values_list("entry", "reason"))
    return sorted(
        (number[row.profile_id], messages.get(row.pk, "none") or "message", row.times)
        for row in Trigger.objects.filter(campaign=campaign)
    )


def _expected(account: Account) -> list[Outcome]:
    return sorted((one.who, str(one.ended), one.times) for one in account.triggers)
