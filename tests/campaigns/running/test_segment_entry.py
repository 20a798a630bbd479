"""Whoever comes into a segment sets a live campaign off: each time once, and only who was not in it
before."""

from collections.abc import Sequence
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from campaigns.audience.segments.saving import SegmentError, delete_segment, save_segment
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    CustomList,
    ListMember,
    Profile,
    Run,
    Segment,
    SegmentMember,
    Trigger,
)
from campaigns.planning.occasion import Deed, Entry
from campaigns.planning.occasion_segment import NO_SEGMENT
from campaigns.planning.preflight import blocking, findings, variants_of
from campaigns.running import entering_segments
from campaigns.running.entering_segments import EVERY, compare_due
from campaigns.running.lifecycle import LifecycleError, pause, publish, resume, stop
from campaigns.running.segment_members import forget_members
from campaigns.running.turning_triggers import turn_due
from campaigns.sending.reconciling import reconcile
from providers.models import Incident, IncidentKind, Project
from providers.watch.actors import SYSTEM
from tests.campaigns.living import (
    AN_HOUR,
    ORDER,
    ago,
    did,
    draft,
    entries,
    living,
    messages_of,
)
from tests.campaigns.recount import recount
from tests.factories import (
    CustomListFactory,
    ListMemberFactory,
    ProfileFactory,
    ProjectFactory,
    SegmentFactory,
)

pytestmark = pytest.mark.django_db


def rule(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "match": "all", "conditions": list(conditions)}


@pytest.fixture
def vips(project: Project) -> CustomList:
    return CustomListFactory.create(project=project)


@pytest.fixture
def segment(project: Project, vips: CustomList) -> Segment:
    """Whoever is in the list."""
    there = rule({"on": "list", "list": vips.pk, "is": "in"})
    return SegmentFactory.create(project=project, name="VIPs", rule=there)


def join(vips: CustomList, *people: Profile) -> None:
    for one in people:
        ListMemberFactory.create(custom_list=vips, profile=one)


def leave(vips: CustomList, *people: Profile) -> None:
    ListMember.objects.filter(custom_list=vips, profile__in=people).delete()


def look() -> None:
    """Five minutes later."""
    Run.objects.filter(compared_at__isnull=False).update(compared_at=timezone.now() - EVERY)
    compare_due()


def members(campaign: Campaign) -> set[int]:
    return set(SegmentMember.objects.filter(campaign=campaign).values_list("profile_id", flat=True))


# Coming in ----------------------------------------------------------------------------------------


def test_who_is_in_it_already_gets_nothing_and_who_comes_in_gets_it(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    before, comes, stranger = ProfileFactory.create_batch(3, project=project)
    join(vips, before)
    campaign = living(project, did=Entry(segment.pk))
    look()
    assert (entries(campaign), members(campaign)) == ([], {before.pk})

    join(vips, comes)
    look()
    turn_due()

    assert stranger.pk not in members(campaign)
    assert messages_of(campaign) == [(comes.pk, "")]
    run = campaign.runs.get()
    assert dict(totals([run.pk])) == recount([run.pk])


def test_many_campaigns_of_one_project_keep_no_other_ones_waiting(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    """Each call looks for one, the time being over; who begins is drawn."""
    campaigns = [living(project, did=Entry(segment.pk), name=f"Mine {n}") for n in range(4)]
    other = ProjectFactory.create()
    everybody = SegmentFactory.create(project=other, name="All", rule=rule())
    theirs = living(other, did=Entry(everybody.pk))
    long_ago = timezone.now() - 2 * EVERY
    calls, looked_at = 0, Run.objects.filter(campaign=theirs, compared_at__gt=long_ago)
    Run.objects.update(compared_at=long_ago)
    while not looked_at.exists() and calls < 40:
        Run.objects.filter(campaign__in=campaigns).update(compared_at=long_ago - EVERY)
        compare_due(seconds=0)
        calls += 1
    assert looked_at.exists()


def test_nobody_is_looked_for_again_within_five_minutes(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    campaign = living(project, did=Entry(segment.pk))
    join(vips, ProfileFactory.create(project=project))
    compare_due()
    assert entries(campaign) == []
    look()
    assert len(entries(campaign)) == 1


def test_again_only_after_having_left_it(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    asha = ProfileFactory.create(project=project)
    campaign = living(project, did=Entry(segment.pk), again=AN_HOUR)
    join(vips, asha)
    for _ in range(3):
        look()
        turn_due()
        Trigger.objects.update(at=ago(hours=2), ended_at=ago(hours=2))
    assert len(messages_of(campaign)) == 1

    leave(vips, asha)
    look()
    join(vips, asha)
    look()
    turn_due()

    assert messages_of(campaign) == [(asha.pk, "")] * 2


def test_not_again_before_its_time_though_they_left(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    asha = ProfileFactory.create(project=project)
    campaign = living(project, did=Entry(segment.pk))
    for _ in range(2):
        join(vips, asha)
        look()
        turn_due()
        leave(vips, asha)
        look()
    assert messages_of(campaign) == [(asha.pk, "")]


def test_all_profiles_of_a_phone_are_one_person(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    before = ProfileFactory.create(project=project)
    other = ProfileFactory.create(project=project, phone=before.phone)
    join(vips, before)
    campaign = living(project, did=Entry(segment.pk))

    join(vips, other)
    look()
    assert (entries(campaign), members(campaign)) == ([], {before.pk, other.pk})

    leave(vips, before, other)
    look()
    join(vips, before, other)
    look()
    assert [row.times for row in Trigger.objects.filter(campaign=campaign)] == [2]


def test_another_number_is_no_coming_in(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    asha = ProfileFactory.create(project=project)
    join(vips, asha)
    campaign = living(project, did=Entry(segment.pk))
    Profile.objects.filter(pk=asha.pk).update(phone="+919000099999", match_key=919000099999)
    look()
    assert entries(campaign) == []


def test_what_they_do_meanwhile_keeps_it_from_them(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    buys, waits = ProfileFactory.create_batch(2, project=project)
    campaign = living(project, did=Entry(segment.pk), delay=AN_HOUR, unless=Deed(ORDER))
    join(vips, buys, waits)
    look()
    did(buys, ORDER, at=timezone.now() + timedelta(seconds=1))
    Trigger.objects.update(due_at=ago(seconds=1))
    turn_due()
    assert dict(messages_of(campaign)) == {buys.pk: "condition_failed", waits.pk: ""}


def test_a_rule_about_what_people_did_is_asked_anew(project: Project) -> None:
    asha = ProfileFactory.create(project=project)
    draft(project).delete()
    ordered = rule({"on": "event", "event": ORDER, "is": "did"})
    campaign = living(project, did=Entry(SegmentFactory.create(project=project, rule=ordered).pk))
    did(asha, ORDER)
    look()
    assert entries(campaign) == [(asha.pk, "waits")]


def test_emptied_everybody_has_left(project: Project, segment: Segment, vips: CustomList) -> None:
    people = ProfileFactory.create_batch(2, project=project)
    join(vips, *people)
    campaign = living(project, did=Entry(segment.pk))
    leave(vips, *people)
    look()
    assert members(campaign) == set()
    join(vips, people[0])
    look()
    assert entries(campaign) == [(people[0].pk, "waits")]


# One look -----------------------------------------------------------------------------------------


def test_a_look_that_is_broken_off_leaves_nothing_and_the_next_finds_all(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    asha = ProfileFactory.create(project=project)
    campaign = living(project, did=Entry(segment.pk))
    join(vips, asha)
    with pytest.raises(InterruptedError):
        _broken_off()
    assert (entries(campaign), members(campaign)) == ([], set())

    look()
    assert (entries(campaign), members(campaign)) == ([(asha.pk, "waits")], {asha.pk})


@transaction.atomic
def _broken_off() -> None:
    look()
    raise InterruptedError


@pytest.mark.django_db(transaction=True)
def test_of_several_who_look_at_once_one_finds_them(project: Project) -> None:
    vips = CustomListFactory.create(project=project)
    there = rule({"on": "list", "list": vips.pk, "is": "in"})
    segment = SegmentFactory.create(project=project, rule=there)
    campaign = living(project, did=Entry(segment.pk))
    join(vips, *ProfileFactory.create_batch(3, project=project))
    campaign.runs.update(compared_at=ago(minutes=6))
    barrier = Barrier(3)

    def look_too() -> None:
        barrier.wait()
        try:
            compare_due()
        finally:
            connection.close()

    _together([Thread(target=look_too) for _ in range(3)])

    assert [row.times for row in Trigger.objects.filter(campaign=campaign)] == [1, 1, 1]


def _together(threads: Sequence[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# Very many ----------------------------------------------------------------------------------------


def test_very_many_at_once_pause_it_and_wait_for_somebody(
    project: Project, segment: Segment, vips: CustomList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering_segments, "NOT_MANY", 1)
    people = ProfileFactory.create_batch(10, project=project)
    campaign = living(project, did=Entry(segment.pk))
    join(vips, *people[:2])
    look()

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.PAUSED
    assert "2 people came into the segment" in campaign.status_reason
    assert Incident.objects.open().get().kind == IncidentKind.RUSH
    turn_due()
    assert messages_of(campaign) == []

    resume(campaign, by=SYSTEM)
    turn_due()
    assert len(messages_of(campaign)) == 2
    assert not Incident.objects.open().exists()


def test_a_tenth_is_not_too_many(
    project: Project, segment: Segment, vips: CustomList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering_segments, "NOT_MANY", 1)
    people = ProfileFactory.create_batch(20, project=project)
    campaign = living(project, did=Entry(segment.pk))
    join(vips, *people[:2])
    look()
    campaign.refresh_from_db()
    assert (campaign.status, len(entries(campaign))) == (CampaignStatus.RUNNING, 2)


def test_of_a_small_project_nobody_is_asked(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    campaign = living(project, did=Entry(segment.pk))
    join(vips, *ProfileFactory.create_batch(3, project=project))
    look()
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING


# What it rests on ---------------------------------------------------------------------------------


def blocked_by(campaign: Campaign) -> list[str]:
    return [one.message for one in blocking(findings(campaign, variants_of(campaign)))]


def test_a_segment_that_is_not_there_or_is_anothers_can_not_set_it_off(project: Project) -> None:
    for number in (-1, 2**62, SegmentFactory.create().pk):
        campaign = draft(project, did=Entry(number))
        assert blocked_by(campaign) == [NO_SEGMENT]
        with pytest.raises(LifecycleError):
            publish(campaign, by=SYSTEM)


def test_one_that_waits_for_a_segment_keeps_it_from_being_deleted(
    project: Project, segment: Segment
) -> None:
    campaign = living(project, did=Entry(segment.pk))
    with pytest.raises(SegmentError) as refused:
        delete_segment(segment, by=SYSTEM)
    assert campaign.name in str(refused.value)

    stop(campaign, by=SYSTEM)
    delete_segment(segment, by=SYSTEM)


def test_gone_or_unreadable_it_pauses_the_campaign_which_says_so(
    project: Project, segment: Segment
) -> None:
    campaign = living(project, did=Entry(segment.pk))
    Segment.objects.filter(pk=segment.pk).update(rule={"version": 1, "match": "all"})
    look()
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.PAUSED
    assert "“VIPs” can't be used until it is mended" in campaign.status_reason

    Segment.objects.filter(pk=segment.pk).delete()
    look()
    resume(campaign, by=SYSTEM)
    look()
    campaign.refresh_from_db()
    assert NO_SEGMENT in campaign.status_reason


@pytest.mark.parametrize("names", ["its own", "any"])
def test_one_on_what_becomes_of_its_own_messages_is_refused(project: Project, names: str) -> None:
    segment = SegmentFactory.create(project=project, name="Readers", rule=rule())
    campaign = draft(project, did=Entry(segment.pk))
    named = {"campaign": campaign.pk} if names == "its own" else {}
    segment.rule = rule({"on": "campaign", "what": "viewed", "is": "did", **named})
    save_segment(segment, by=SYSTEM)

    (words,) = blocked_by(campaign)
    assert "the segment “Readers” asks about them" in words


def test_three_in_a_circle_are_refused_by_name(project: Project) -> None:
    readers = [SegmentFactory.create(project=project, name=f"Of {name}") for name in "ABC"]
    campaigns = [
        draft(project, name=name, did=Entry(readers[n].pk)) for n, name in enumerate("ABC")
    ]
    for n, segment in enumerate(readers):  # A is set off by C, B by A, C by B
        of = campaigns[n - 1].pk
        segment.rule = rule({"on": "campaign", "what": "viewed", "is": "did", "campaign": of})
        save_segment(segment, by=SYSTEM)
    for campaign in campaigns[:2]:
        publish(campaign, by=SYSTEM)

    with pytest.raises(LifecycleError) as refused:
        publish(campaigns[2], by=SYSTEM)

    assert (
        "this campaign is set off by “B”, “B” is set off by “A” and “A” is set off by this campaign"
        in str(refused.value)
    )
    stop(campaigns[0], by=SYSTEM)
    publish(campaigns[2], by=SYSTEM)


def test_a_rule_that_is_changed_into_a_circle_pauses_it(project: Project) -> None:
    segment = SegmentFactory.create(project=project, rule=rule())
    campaign = living(project, did=Entry(segment.pk))
    segment.rule = rule({"on": "campaign", "what": "viewed", "is": "did_not"})
    save_segment(segment, by=SYSTEM)
    look()
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.PAUSED
    assert "again and again" in campaign.status_reason


# Over ---------------------------------------------------------------------------------------------


def test_paused_people_come_in_all_the_same(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    asha = ProfileFactory.create(project=project)
    campaign = living(project, did=Entry(segment.pk))
    pause(campaign, by=SYSTEM)
    join(vips, asha)
    look()
    assert entries(campaign) == [(asha.pk, "waits")]


def test_when_it_is_over_nothing_is_remembered(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    join(vips, ProfileFactory.create(project=project))
    campaign = living(project, did=Entry(segment.pk))
    stop(campaign, by=SYSTEM)
    turn_due()
    reconcile()
    reconcile()
    look()
    forget_members()
    assert members(campaign) == set()
    assert not Run.objects.filter(compared_at__isnull=False).exists()


def test_for_later_whoever_is_in_it_then_was_in_it_before(
    project: Project, segment: Segment, vips: CustomList
) -> None:
    asha = ProfileFactory.create(project=project)
    campaign = draft(project, did=Entry(segment.pk), starts_at=timezone.now() + AN_HOUR)
    publish(campaign, by=SYSTEM)
    join(vips, asha)
    Campaign.objects.filter(pk=campaign.pk).update(starts_at=ago(minutes=1))
    reconcile()
    look()
    assert (entries(campaign), members(campaign)) == ([], {asha.pk})
