"""Live campaigns while several things happen at once: nobody waits in a circle, nobody is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection, transaction

from campaigns.models import Campaign, Reason, Run, RunStatus, Trigger
from campaigns.planning.occasion import Deed
from campaigns.running import entering, turning_triggers
from campaigns.running.lifecycle import stop
from campaigns.running.turning_triggers import (
    WITH_SOMETHING_DUE,
    _turn_sql,
    end_standing_runs,
    turn_due,
)
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.living import (
    A_DAY,
    AN_HOUR,
    CART,
    ORDER,
    ago,
    did,
    entries,
    living,
    messages_of,
    tell,
    told,
)
from tests.campaigns.locks import wait_for_locks
from tests.campaigns.plans import plan_of
from tests.factories import ProfileFactory, ProjectFactory

pytestmark = pytest.mark.django_db
A_MOMENT = 0.3  # seconds; who waits for a lock does not come


def closing(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connection.close()


def at_once(*acts: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(acts)) as threads:
        for future in [threads.submit(closing, act) for act in acts]:
            future.result()


@pytest.mark.django_db(transaction=True)
def test_uploads_of_opposite_events_never_wait_in_a_circle(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each averts the campaign that the other one enters."""
    people = ProfileFactory.create_batch(3, project=project)
    carts = living(project, delay=AN_HOUR, unless=Deed(ORDER))
    orders = living(project, did=Deed(ORDER), delay=AN_HOUR, unless=Deed(CART))
    tell(project, [told(one, CART, ago(minutes=10)) for one in people])
    tell(project, [told(one, ORDER, ago(minutes=11)) for one in people])
    meet_after_averting(monkeypatch)

    at_once(
        lambda: tell(project, [told(one, CART) for one in people]),
        lambda: tell(project, [told(one, ORDER) for one in reversed(people)]),
    )

    waiting = Trigger.objects.filter(campaign__in=(carts, orders))
    assert [(row.times, row.broken_at is None) for row in waiting] == [(2, False)] * 6


def meet_after_averting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have locked what they avert before either goes on, where nothing keeps them from it."""
    avert, together = entering.avert, Barrier(2)

    def and_meet(*arguments: Any) -> None:
        avert(*arguments)
        with suppress(BrokenBarrierError):
            together.wait(A_MOMENT)

    monkeypatch.setattr(entering, "avert", and_meet)


@pytest.mark.django_db(transaction=True)
def test_who_enters_while_it_is_stopped_has_the_reason_too(project: Project) -> None:
    """Its run does not end before them: nobody would ever end their trigger."""
    asha = ProfileFactory.create(project=project)
    campaign = living(project, delay=AN_HOUR)
    with transaction.atomic():
        did(asha)
        at_once(lambda: stop(campaign, by=SYSTEM), end_standing_runs)
        assert run_status(campaign) == RunStatus.STANDING

    turn_due()
    end_standing_runs()

    assert entries(campaign) == [(asha.pk, Reason.CAMPAIGN_STOPPED)]
    assert run_status(campaign) == RunStatus.SENDING


def test_whoever_comes_when_its_run_is_over_enters_nothing(project: Project) -> None:
    asha = ProfileFactory.create(project=project)
    campaign = living(project, delay=AN_HOUR)
    stop(campaign, by=SYSTEM)
    end_standing_runs()

    did(asha)

    assert entries(campaign) == []


def run_status(campaign: Campaign) -> str:
    return campaign.runs.get().status


@pytest.mark.django_db(transaction=True)
def test_of_many_that_turn_at_once_each_trigger_is_one_message(project: Project) -> None:
    people = ProfileFactory.create_batch(20, project=project)
    campaign = living(project, again=A_DAY)
    tell(project, [told(one) for one in people])

    at_once(*[turn_due] * 4)
    turn_due()

    assert sorted(entries(campaign)) == [(one.pk, "message") for one in people]
    assert len(messages_of(campaign)) == len(people)


def test_nobodys_people_wait_behind_all_of_another_projects(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = ProfileFactory.create_batch(6, project=project)
    large = living(project)
    asha = ProfileFactory.create(project=ProjectFactory.create())
    small = living(asha.project)
    tell(project, [told(one) for one in crowd])
    did(asha)
    monkeypatch.setattr(turning_triggers, "AT_ONCE", 2)
    turns = note_turns(monkeypatch)

    turn_due()

    assert turns == [large.pk, small.pk, large.pk, large.pk]
    assert entries(small) == [(asha.pk, "message")]
    assert entries(large) == [(one.pk, "message") for one in crowd]


def note_turns(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which campaigns had one, in their order."""
    turn, turns = turning_triggers._turn_some, []

    def noted(run_id: int) -> bool:
        turns.append(Run.objects.get(pk=run_id).campaign_id)
        return turn(run_id)

    monkeypatch.setattr(turning_triggers, "_turn_some", noted)
    return turns


@pytest.mark.django_db(transaction=True)
def test_who_does_it_again_while_their_message_is_made_leaves_no_second_trigger(
    project: Project,
) -> None:
    """The event waits for the turn, whose end its own statement does not see."""
    asha = ProfileFactory.create(project=project)
    campaign = living(project, again=A_DAY)
    did(asha)

    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        turn_due()
        again = thread.submit(closing, lambda: did(asha))
        wait_for_locks(1)

    again.result()
    assert entries(campaign) == [(asha.pk, "message")]


@pytest.mark.django_db(transaction=True)
def test_what_is_told_late_while_a_message_is_made_may_be_a_second_one(project: Project) -> None:
    asha = ProfileFactory.create(project=project)
    campaign = living(project, again=AN_HOUR, cut_off_hours=48)
    did(asha)

    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        turn_due()
        late = thread.submit(closing, lambda: did(asha, at=ago(hours=2)))
        wait_for_locks(1)

    late.result()
    assert entries(campaign) == [(asha.pk, "waits"), (asha.pk, "message")]


def test_nobody_looks_at_those_who_are_not_due(project: Project) -> None:
    """Hundreds of thousands may wait, and they are asked for each second."""
    campaign = living(project, delay=A_DAY)
    turn = turning_triggers._turn_of(campaign.runs.get())

    for sql, parameters in ((WITH_SOMETHING_DUE, {}), (_turn_sql(turn), turn.parameters)):
        plan = plan_of(sql, parameters)
        bounds = [line for line in plan if line.startswith("Index Cond") and "due_at <=" in line]
        assert len(bounds) == 1, "\n".join(plan)


def test_one_that_fails_is_tried_once_while_others_take_turns(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    people = ProfileFactory.create_batch(5, project=project)
    broken, whole = living(project), living(project)
    tell(project, [told(one) for one in people])
    Campaign.objects.filter(pk=broken.pk).update(occasion={"did": "nothing"})
    monkeypatch.setattr(turning_triggers, "AT_ONCE", 2)

    turn_due()

    assert entries(whole) == [(one.pk, "message") for one in people]
    assert entries(broken) == [(one.pk, "waits") for one in people]
    failed = f"This failed: the triggers of run {broken.runs.get().pk}"
    assert [record.getMessage() for record in caplog.records].count(failed) == 1
    # It is tried again the next time: what was wrong may be mended.
    Campaign.objects.filter(pk=broken.pk).update(occasion=broken.occasion)
    turn_due()
    assert entries(broken) == [(one.pk, "message") for one in people]
