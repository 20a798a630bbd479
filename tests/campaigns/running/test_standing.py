"""Campaigns that recur: each planned date goes out once, or says why it did not."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.gates.trial_mode import TIME_CAME, WILL_WAIT
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    Outbox,
    Profile,
    Reason,
    Run,
    RunStatus,
    State,
)
from campaigns.planning.drafting import clone
from campaigns.planning.missed_dates import Outcome
from campaigns.planning.preflight import NO_DATE_LEFT, findings, variants_of
from campaigns.running.launching import launch
from campaigns.running.lifecycle import (
    HAD_DATES,
    LifecycleError,
    pause,
    publish,
    resume,
    stop,
    unschedule,
)
from campaigns.running.publishing import fingerprint
from campaigns.running.standing import decide_due_dates, rest
from campaigns.sending.reconciling import reconcile
from campaigns.sending.taking_over import take_over
from providers.models import AuditEntry, Installation, Project, Provider
from providers.watch.actors import SYSTEM, Actor
from templates_app.models import Template
from tests.campaigns.recount import recount
from tests.campaigns.recurring import daily, draft, standing
from tests.factories import (
    CustomListFactory,
    ListMemberFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    SegmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

S = CampaignStatus
DAY = timedelta(days=1)


def somebody() -> Actor:
    return Actor(UserFactory.create())


def now_is(campaign: Campaign) -> dict[str, Any]:
    campaign.refresh_from_db()
    return {"status": campaign.status, "next": campaign.next_due_at}


def runs_of(campaign: Campaign) -> list[tuple[RunStatus, str]]:
    runs = campaign.runs.order_by("number")
    return [(RunStatus(run.status), run.skipped_because) for run in runs]


def send_all(run: Run) -> None:
    """As if everybody's message were taken at once."""
    Outbox.objects.filter(run=run).delete()
    Message.objects.filter(run=run, state=State.QUEUED).update(
        state=State.SENT, sent_at=timezone.now()
    )
    run.tallies.all().delete()
    for name, n in recount([run.pk]).items():
        run.tallies.create(name=name, n=n)


# Publishing ---------------------------------------------------------------------------------------


def test_published_it_waits_for_its_first_date(project: Project) -> None:
    campaign = draft(project)

    publish(campaign, by=somebody())

    assert campaign.next_due_at is not None
    assert now_is(campaign)["status"] == S.SCHEDULED
    assert timedelta(minutes=55) < campaign.next_due_at - timezone.now() < timedelta(minutes=65)
    assert runs_of(campaign) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schedule": None}, "Choose on which days it goes out."),
        ({"schedule": {"every": "day"}}, "Its days can't be read. Choose again when it goes out."),
        ({"schedule": []}, "Its days can't be read. Choose again when it goes out."),
        (
            {"schedule": {"every": "day", "n": 0, "at": "10:00", "starts_on": "2026-12-01"}},
            "Every 0 days can't be. Choose a number from 1 to 365.",
        ),
        ({"minutes_ago": 60, "times": 1}, NO_DATE_LEFT),
        ({"ends_in": timedelta(minutes=5)}, NO_DATE_LEFT),
    ],
)
def test_what_can_never_go_out_is_not_published(
    project: Project, changes: dict[str, Any], words: str
) -> None:
    fields = {name: value for name, value in changes.items() if name in ("minutes_ago", "times")}
    campaign = draft(project, **fields)
    campaign.schedule = changes.get("schedule", campaign.schedule)
    if "ends_in" in changes:
        campaign.ends_at = timezone.now() + changes["ends_in"]
    campaign.save()

    with pytest.raises(LifecycleError) as refused:
        publish(campaign, by=somebody())

    assert str(refused.value) == words
    assert now_is(campaign) == {"status": S.DRAFT, "next": None}


def test_the_last_page_is_of_these_days(project: Project) -> None:
    campaign = draft(project)
    variants = variants_of(campaign)
    seen = fingerprint(campaign, variants)

    campaign.sends_late = True
    later = fingerprint(campaign, variants)
    campaign.schedule = {**campaign.schedule, "n": 2}

    assert len({seen, later, fingerprint(campaign, variants)}) == 3


def test_a_clone_recurs_on_the_same_days(project: Project) -> None:
    campaign = standing(project, sends_late=True)

    copy = clone(campaign, by=somebody())

    assert (copy.status, copy.kind, copy.schedule, copy.sends_late) == (
        S.DRAFT,
        "recurring",
        campaign.schedule,
        True,
    )
    assert copy.next_due_at is None


def test_it_can_be_a_draft_again_until_its_first_date(project: Project) -> None:
    campaign = draft(project)
    publish(campaign, by=somebody())
    unschedule(campaign, by=somebody())
    assert now_is(campaign) == {"status": S.DRAFT, "next": None}

    had_dates = standing(project)
    decide_due_dates()
    Campaign.objects.filter(pk=had_dates.pk).update(status=S.SCHEDULED)

    with pytest.raises(LifecycleError, match="can't become a draft") as refused:
        unschedule(had_dates, by=somebody())
    assert str(refused.value) == HAD_DATES


# Dates come ---------------------------------------------------------------------------------------


def test_a_date_opens_its_run_and_the_next_one_is_planned(project: Project) -> None:
    campaign = standing(project, cut_off_hours=2)
    due = campaign.next_due_at
    assert due is not None

    reconcile()

    run = campaign.runs.get()
    assert now_is(campaign) == {"status": S.LAUNCHING, "next": due + DAY}
    assert (run.due_key.isoformat(), run.status) == (campaign.schedule["starts_on"], "launching")
    assert campaign.cut_off_at == due + timedelta(hours=2)
    assert AuditEntry.objects.filter(action="campaign.started").count() == 1


def test_it_is_between_its_dates_until_the_next(project: Project) -> None:
    campaign = standing(project)
    decide_due_dates()
    run = campaign.runs.get()
    launch(run.pk)
    send_all(run)

    reconcile()

    assert now_is(campaign)["status"] == S.SCHEDULED
    assert runs_of(campaign) == [(RunStatus.FINISHED, "")]
    assert campaign.finished_at is None


def test_every_run_chooses_its_people_anew(project: Project) -> None:
    chosen = CustomListFactory.create(project=project)
    campaign = standing(project, to=[chosen], days=2, minutes_ago=5, sends_late=True)
    Run.objects.create(
        campaign=campaign,
        due_key=campaign.schedule["starts_on"],
        last_profile_id=0,
        status=RunStatus.FINISHED,
    )
    for profile in ProfileFactory.create_batch(3, project=project):
        ListMemberFactory.create(custom_list=chosen, profile=profile)

    decide_due_dates()
    second = campaign.runs.get(number=2)
    launch(second.pk)

    assert totals([second.pk]) == {"targeted": 3, "queued": 3}


def test_on_a_birthday_it_goes_to_whoever_has_it(project: Project) -> None:
    there = timezone.localdate(timezone=ZoneInfo(project.time_zone))
    tomorrow = there + DAY
    today, *_ = (
        ProfileFactory.create(project=project, properties={"Birthday": f"{born:%Y-%m-%d}"})
        for born in (there.replace(year=1988), tomorrow.replace(year=1988), there - 10 * DAY)
    )
    ProfileFactory.create(project=project, properties={"Birthday": "in spring"})
    ProfilePropertyFactory.create(project=project, name="Birthday", type="date")
    rule = {"on": "date", "property": "Birthday", "is": "anniversary"}
    segment = SegmentFactory.create(
        project=project, rule={"version": 1, "match": "all", "conditions": [rule]}
    )
    campaign = standing(project, to=[segment])

    decide_due_dates()
    run = campaign.runs.get()
    launch(run.pk)

    assert list(run.messages.values_list("profile", flat=True)) == [today.pk]


def test_with_nobody_in_it_a_run_is_over_at_once(project: Project) -> None:
    campaign = standing(project, to=[CustomListFactory.create(project=project)])

    decide_due_dates()
    launch(campaign.runs.get().pk)
    reconcile()

    assert runs_of(campaign) == [(RunStatus.FINISHED, "")]
    assert now_is(campaign)["status"] == S.SCHEDULED
    assert totals([campaign.runs.get().pk]) == {}


def test_one_person_is_in_the_same_control_group_in_every_run(project: Project) -> None:
    campaign = standing(project, people=40, control_percent=50, days=2, sends_late=True)
    days = [campaign.schedule["starts_on"]]
    first = Run.objects.create(
        campaign=campaign, due_key=days[0], last_profile_id=Profile.objects.latest("pk").pk
    )
    for number in range(2):
        first.shares.create(number=number, of=2)
    launch(first.pk)
    Run.objects.filter(pk=first.pk).update(status=RunStatus.FINISHED)
    decide_due_dates()
    second = campaign.runs.get(number=2)
    launch(second.pk)

    held_back = [
        set(run.messages.filter(reason=Reason.CONTROL_GROUP).values_list("profile", flat=True))
        for run in (first, second)
    ]
    assert held_back[0] == held_back[1]
    assert 0 < len(held_back[0]) < 40


def test_after_the_last_date_it_is_over(project: Project) -> None:
    campaign = standing(project, times=1)
    decide_due_dates()
    run = campaign.runs.get()
    assert now_is(campaign) == {"status": S.LAUNCHING, "next": None}
    launch(run.pk)
    send_all(run)

    reconcile()

    assert now_is(campaign)["status"] == S.COMPLETED
    assert campaign.finished_at is not None
    assert AuditEntry.objects.filter(action="campaign.completed").count() == 1


def test_of_missed_dates_the_newest_goes_out_and_the_others_say_why(project: Project) -> None:
    campaign = standing(project, days=4, minutes_ago=30)

    decide_due_dates()

    overtaken = (RunStatus.FINISHED, Outcome.OVERTAKEN.words)
    assert runs_of(campaign) == [*[overtaken] * 3, (RunStatus.LAUNCHING, "")]
    assert AuditEntry.objects.filter(action="campaign.skipped").count() == 1


def test_too_late_it_is_skipped_and_the_next_one_is_planned(project: Project) -> None:
    campaign = standing(project, minutes_ago=90)
    due = campaign.next_due_at
    assert due is not None

    decide_due_dates()

    assert runs_of(campaign) == [(RunStatus.FINISHED, Outcome.MISSED.words)]
    assert now_is(campaign) == {"status": S.SCHEDULED, "next": due + DAY}


def test_a_last_date_that_was_missed_ends_it(project: Project) -> None:
    campaign = standing(project, minutes_ago=90, times=1)

    decide_due_dates()
    rest()

    assert runs_of(campaign) == [(RunStatus.FINISHED, Outcome.MISSED.words)]
    assert now_is(campaign) == {"status": S.COMPLETED, "next": None}


def test_sent_late_its_hours_count_from_then(project: Project) -> None:
    campaign = standing(project, minutes_ago=5 * 60, cut_off_hours=2, sends_late=True)

    decide_due_dates()

    assert now_is(campaign)["status"] == S.LAUNCHING
    assert campaign.cut_off_at is not None
    assert timedelta(minutes=119) < campaign.cut_off_at - timezone.now() <= timedelta(hours=2)


@pytest.mark.parametrize(("minutes", "skipped"), [(30, []), (90, [Outcome.STILL_GOING.words])])
def test_a_date_waits_for_the_run_before(
    project: Project, minutes: int, skipped: list[str]
) -> None:
    campaign = standing(project, minutes_ago=minutes, days=2)
    first = campaign.schedule["starts_on"]
    Run.objects.create(
        campaign=campaign, due_key=first, last_profile_id=0, status=RunStatus.SENDING
    )
    Campaign.objects.filter(pk=campaign.pk).update(status=S.RUNNING)

    decide_due_dates()

    reasons = campaign.runs.exclude(skipped_because="").values_list("skipped_because", flat=True)
    assert list(reasons) == skipped
    assert now_is(campaign)["status"] == S.RUNNING
    assert campaign.next_due_at is not None
    assert (campaign.next_due_at < timezone.now()) == (not skipped)


def test_a_date_that_cant_go_out_pauses_it_with_the_reason(
    project: Project,
) -> None:
    campaign = standing(project)
    Template.objects.update(status="paused")

    decide_due_dates()

    assert now_is(campaign)["status"] == S.PAUSED
    assert "It could not go out on its date. The template" in campaign.status_reason
    assert runs_of(campaign) == []

    Template.objects.update(status="approved")
    resume(campaign, by=somebody())
    decide_due_dates()

    assert runs_of(campaign) == [(RunStatus.LAUNCHING, "")]


def test_where_no_date_has_come_one_statement_says_so(project: Project) -> None:
    standing(project, minutes_ago=-30)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        decide_due_dates()

    assert len(queries) == 1
    assert Run.objects.count() == 0


def test_a_broken_schedule_keeps_no_other_campaign_waiting(project: Project) -> None:
    broken = standing(project)
    fine = standing(project)
    Campaign.objects.filter(pk=broken.pk).update(schedule={"every": "never"})

    decide_due_dates()

    assert [runs_of(broken), runs_of(fine)] == [[], [(RunStatus.LAUNCHING, "")]]


def test_another_zone_or_time_brings_no_day_twice(project: Project) -> None:
    campaign = standing(project)
    decide_due_dates()
    run = campaign.runs.get()
    Run.objects.filter(pk=run.pk).update(status=RunStatus.FINISHED)
    later = {**campaign.schedule, "at": "23:59"}
    Campaign.objects.filter(pk=campaign.pk).update(
        status=S.SCHEDULED, schedule=later, next_due_at=timezone.now()
    )

    decide_due_dates()

    assert campaign.runs.count() == 1
    campaign.refresh_from_db()
    assert campaign.next_due_at is not None
    assert campaign.next_due_at > timezone.now() + timedelta(hours=20)


# People move it -----------------------------------------------------------------------------------


def test_paused_between_its_dates_the_next_ones_are_skipped(project: Project) -> None:
    campaign = standing(project, minutes_ago=30)
    pause(campaign, by=somebody())
    decide_due_dates()
    assert runs_of(campaign) == []

    Campaign.objects.filter(pk=campaign.pk).update(
        schedule=daily(timezone.now() - timedelta(minutes=90), project.time_zone),
        published_at=timezone.now() - timedelta(hours=3),
    )
    decide_due_dates()

    assert runs_of(campaign) == [(RunStatus.FINISHED, Outcome.PAUSED.words)]
    assert now_is(campaign)["status"] == S.PAUSED


def test_resumed_in_time_its_date_goes_out(project: Project) -> None:
    campaign = standing(project, minutes_ago=30)
    pause(campaign, by=somebody())
    decide_due_dates()

    resume(campaign, by=somebody())
    assert now_is(campaign)["status"] == S.SCHEDULED
    decide_due_dates()

    assert runs_of(campaign) == [(RunStatus.LAUNCHING, "")]


def test_resumed_in_the_midst_of_a_run_that_goes_on(project: Project) -> None:
    campaign = standing(project)
    decide_due_dates()
    launch(campaign.runs.get().pk)
    campaign.refresh_from_db()

    pause(campaign, by=somebody())
    resume(campaign, by=somebody())

    assert now_is(campaign)["status"] == S.RUNNING


def test_a_run_that_ends_while_it_is_paused_leaves_it_paused(project: Project) -> None:
    campaign = standing(project)
    decide_due_dates()
    run = campaign.runs.get()
    launch(run.pk)
    pause(campaign, by=somebody())
    send_all(run)

    reconcile()
    assert now_is(campaign)["status"] == S.PAUSED
    resume(campaign, by=somebody())
    assert now_is(campaign)["status"] == S.SCHEDULED


def test_one_whose_last_run_ends_while_it_is_paused_is_over(project: Project) -> None:
    campaign = standing(project, times=1)
    decide_due_dates()
    run = campaign.runs.get()
    launch(run.pk)
    campaign.refresh_from_db()
    pause(campaign, by=somebody())
    send_all(run)

    reconcile()

    assert now_is(campaign)["status"] == S.COMPLETED


def test_stopped_no_date_comes_any_more(project: Project) -> None:
    campaign = standing(project)

    stop(campaign, by=somebody())
    decide_due_dates()

    assert now_is(campaign) == {"status": S.STOPPED, "next": None}
    assert runs_of(campaign) == []


def test_in_trial_mode_it_waits_and_leaves_nobody_out(project: Project) -> None:
    campaign = standing(project)
    Provider.objects.update(trial_ended_at=None)
    assert WILL_WAIT in [found.message for found in findings(draft(project), [])]

    decide_due_dates()
    launch(campaign.runs.get().pk)
    reconcile()

    assert now_is(campaign)["status"] == S.PAUSED
    assert campaign.status_reason == TIME_CAME
    assert set(Message.objects.values_list("state", flat=True)) == {State.QUEUED}


def test_of_a_restored_database_no_date_goes_out_that_may_have(project: Project) -> None:
    campaign = standing(project)
    Installation.objects.update_or_create(pk=1, defaults={"instance_id": "the original"})

    reconcile()
    assert runs_of(campaign) == []
    take_over(by=SYSTEM, doubts_queued=True)

    assert now_is(campaign) == {"status": S.STOPPED, "next": None}


# At once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_that_look_at_once_one_opens_the_run(project: Project) -> None:
    campaign = standing(project, days=3)
    together = Barrier(8)

    def look() -> None:
        together.wait()
        decide_due_dates_and_close()

    threads = [Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    skipped = (RunStatus.FINISHED, Outcome.OVERTAKEN.words)
    assert runs_of(campaign) == [skipped, skipped, (RunStatus.LAUNCHING, "")]


def decide_due_dates_and_close() -> None:
    try:
        with transaction.atomic():
            decide_due_dates()
    finally:
        connection.close()
