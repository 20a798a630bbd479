"""Coming into a segment and leaving it, over random streams, held against a plain account."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, CustomList, ListMember, Message, Profile, Run, Trigger
from campaigns.planning.occasion import CUT_OFF, Entry
from campaigns.running.entering_segments import EVERY, compare_due
from campaigns.running.turning_triggers import turn_due
from providers.models import Project
from tests.campaigns.living import living
from tests.campaigns.recount import recount
from tests.campaigns.running.test_live_streams import undone
from tests.factories import CustomListFactory, ListMemberFactory, ProfileFactory, SegmentFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
PHONES = (0, 0, 1, 2)  # of four people; the first two share theirs


@dataclass(frozen=True)
class Now:
    """Who is in the segment from now on."""

    people: frozenset[int]


@dataclass(frozen=True)
class Look:
    pass


@dataclass(frozen=True)
class Pass:
    minutes: int


@dataclass(frozen=True)
class Turn:
    pass


Step = Now | Look | Pass | Turn


@dataclass
class Entered:
    phone: int
    at: datetime
    times: int
    ended: str = ""


@dataclass
class Account:
    delay: timedelta
    again: timedelta | None
    known: frozenset[int]
    triggers: list[Entered] = field(default_factory=list)

    def look(self, people: frozenset[int], now: datetime) -> None:
        were_in = {PHONES[one] for one in self.known}
        came = [PHONES[one] for one in people - self.known if PHONES[one] not in were_in]
        for phone in sorted(set(came)):
            self._enter(phone, now, came.count(phone))
        self.known = people

    def _enter(self, phone: int, now: datetime, times: int) -> None:
        if self._had(phone, now):
            return
        waiting = [one for one in self.triggers if one.phone == phone and not one.ended]
        if waiting:
            waiting[0].times += times
        else:
            self.triggers.append(Entered(phone, now, times))

    def _had(self, phone: int, at: datetime) -> bool:
        return any(
            one.phone == phone
            and one.ended == "message"
            and (self.again is None or abs(one.at - at) < self.again)
            for one in self.triggers
        )

    def turn(self, now: datetime) -> None:
        for one in self.triggers:
            if not one.ended and one.at + self.delay <= now:
                late = one.at + self.delay + CUT_OFF <= now
                had = self._had(one.phone, one.at)
                one.ended = "cut_off" if late else "entered_before" if had else "message"


whoever = st.frozensets(st.integers(0, len(PHONES) - 1))
steps = st.lists(
    st.one_of(
        st.builds(Now, whoever),
        st.just(Look()),
        st.just(Turn()),
        st.builds(Pass, st.sampled_from([1, 20, 61, 130])),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    begin=whoever,
    stream=steps,
    delay=st.sampled_from([0, 30]),
    again=st.sampled_from([None, 1, 2]),
)
def test_who_comes_in_is_whom_a_plain_account_names(
    project: Project, begin: frozenset[int], stream: list[Step], delay: int, again: int | None
) -> None:
    hours = None if again is None else timedelta(hours=again)
    with undone():
        people = _people(project)
        vips = CustomListFactory.create(project=project)
        _set(vips, people, begin)
        there = {"on": "list", "list": vips.pk, "is": "in"}
        rule = {"version": 1, "match": "all", "conditions": [there]}
        segment = SegmentFactory.create(project=project, rule=rule)
        campaign = living(project, did=Entry(segment.pk), delay=delay * MINUTE, again=hours)
        account = Account(delay * MINUTE, hours, begin)
        _play(vips, people, begin, [*stream, Look(), Pass(40), Turn(), Pass(200), Turn()], account)

        assert _found(campaign, people) == sorted(
            (one.phone, one.ended, one.times) for one in account.triggers
        )
        run = campaign.runs.get()
        assert dict(totals([run.pk])) == recount([run.pk])


def _people(project: Project) -> list[Profile]:
    phones = [f"+91900000{phone:04d}" for phone in PHONES]
    return [ProfileFactory.create(project=project, phone=phone) for phone in phones]


def _set(vips: CustomList, people: Sequence[Profile], who: frozenset[int]) -> None:
    ListMember.objects.filter(custom_list=vips).delete()
    for one in who:
        ListMemberFactory.create(custom_list=vips, profile=people[one])


def _play(
    vips: CustomList,
    people: Sequence[Profile],
    begin: frozenset[int],
    stream: Sequence[Step],
    account: Account,
) -> None:
    """Time passes by moving all that was before. The account's clock goes on instead."""
    now, inside = timezone.now(), begin
    for step in stream:
        if isinstance(step, Now):
            inside = step.people
            _set(vips, people, inside)
        elif isinstance(step, Pass):
            now += step.minutes * MINUTE
            _move_back(step.minutes * MINUTE)
        elif isinstance(step, Turn):
            turn_due()
            account.turn(now)
        else:
            Run.objects.filter(compared_at__isnull=False).update(compared_at=timezone.now() - EVERY)
            compare_due()
            account.look(inside, now)


def _move_back(span: timedelta) -> None:
    columns = ("at", "due_at", "expires_at", "ended_at")
    changes = ", ".join(f"{name} = {name} - %(span)s::interval" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE campaigns_trigger SET {changes}", {"span": span})
        cursor.execute(
            "UPDATE campaigns_run SET started_at = started_at - %(span)s::interval", {"span": span}
        )


def _found(campaign: Campaign, people: Sequence[Profile]) -> list[tuple[int, str, int]]:
    phone = {one.pk: PHONES[number] for number, one in enumerate(people)}
    messages = dict(Message.objects.filter(campaign=campaign).values_list("entry", "reason"))
    return sorted(
        (phone[row.profile_id], messages.get(row.pk, "none") or "message", row.times)
        for row in Trigger.objects.filter(campaign=campaign)
    )
