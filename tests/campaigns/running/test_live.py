"""Live campaigns: what people do sets them off, each time once, and each trigger ends once."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    Outbox,
    Profile,
    Reason,
    RunStatus,
    State,
    Trigger,
)
from campaigns.planning.dry_run import dry_run
from campaigns.planning.occasion import Deed
from campaigns.planning.preflight import (
    CHOOSE_EVENT,
    NO_EVENT_HERE,
    NO_LIVE_CAP,
    NO_LIVE_TEST,
    findings,
    variants_of,
)
from campaigns.planning.previewing import example_of
from campaigns.running.lifecycle import LifecycleError, pause, publish, resume, stop
from campaigns.running.turning_triggers import end_standing_runs, turn_due
from campaigns.sending.claiming import claim_bulk
from campaigns.sending.composing import OpenProviders, compose
from campaigns.sending.finding_due import find_due
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.living import (
    A_DAY,
    AN_HOUR,
    CART,
    ORDER,
    ago,
    did,
    draft,
    entries,
    living,
    messages_of,
    tell,
    told,
)
from tests.campaigns.recount import recount
from tests.factories import (
    CustomListFactory,
    ListMemberFactory,
    PhoneBlockFactory,
    ProfileFactory,
)

pytestmark = pytest.mark.django_db
TWO_HOURS = timedelta(hours=2)


@pytest.fixture
def asha(project: Project) -> Profile:
    return ProfileFactory.create(project=project)


def moved_back(campaign: Campaign, **span: float) -> None:
    """As if so much time had passed since."""
    for row in Trigger.objects.filter(campaign=campaign):
        for name in ("at", "due_at", "expires_at"):
            setattr(row, name, getattr(row, name) - timedelta(**span))
        row.save()


# Publishing ---------------------------------------------------------------------------------------


def test_published_it_runs_and_waits(project: Project) -> None:
    campaign = living(project)
    reconcile()

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING
    assert [run.status for run in campaign.runs.all()] == [RunStatus.STANDING]
    assert messages_of(campaign) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"occasion": None}, CHOOSE_EVENT),
        (
            {"occasion": {"did": {"event": "Sneezed"}}},
            "There is no event “Sneezed” in this project yet.",
        ),
        (
            {"occasion": {"did": {"event": CART}, "delay_minutes": 91 * 24 * 60}},
            "At most 90 days after it.",
        ),
        ({"most_people": 100}, NO_LIVE_CAP),
        ({"variants_by": "test"}, NO_LIVE_TEST),
    ],
)
def test_what_nothing_can_set_off_is_not_published(
    project: Project, changes: dict[str, Any], words: str
) -> None:
    campaign = draft(project)
    for name, value in changes.items():
        setattr(campaign, name, value)
    campaign.save()

    with pytest.raises(LifecycleError) as refused:
        publish(campaign, by=SYSTEM)

    assert words in str(refused.value)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.DRAFT


def test_for_later_it_begins_at_its_time(project: Project, asha: Profile) -> None:
    campaign = draft(project, starts_at=timezone.now() + AN_HOUR)
    publish(campaign, by=SYSTEM)
    did(asha)
    assert (campaign.status, entries(campaign)) == (CampaignStatus.SCHEDULED, [])

    Campaign.objects.filter(pk=campaign.pk).update(starts_at=ago(minutes=1))
    reconcile()
    did(asha, at=timezone.now() + timedelta(seconds=1))

    assert entries(campaign) == [(asha.pk, "waits")]


def test_it_counts_from_its_beginning_on_however_late_it_is_opened(
    project: Project, asha: Profile
) -> None:
    """Of a span that is half open: what happens at its first moment counts, at its last not."""
    other, before = ProfileFactory.create_batch(2, project=project)
    since, until = ago(minutes=30), timezone.now() + AN_HOUR
    soon = timezone.now() + timedelta(minutes=1)
    campaign = draft(project, starts_at=soon, ends_at=until, delay=AN_HOUR)
    publish(campaign, by=SYSTEM)
    did(asha, at=since)
    did(before, at=since - timedelta(microseconds=1))
    did(before, ORDER, at=since)
    Campaign.objects.filter(pk=campaign.pk).update(starts_at=since)
    reconcile()
    did(other, at=until - timedelta(microseconds=1))
    did(before, at=until)

    assert entries(campaign) == [(asha.pk, "waits"), (other.pk, "waits")]


# Entering -----------------------------------------------------------------------------------------


def test_whoever_does_it_gets_it_at_once(project: Project, asha: Profile) -> None:
    campaign = living(project)

    did(asha, at=ago(seconds=1))
    turn_due()

    run = campaign.runs.get()
    message = Message.objects.get(campaign=campaign)
    trigger = Trigger.objects.get(campaign=campaign)
    assert (message.profile, message.state, message.entry) == (asha, State.QUEUED, trigger.pk)
    assert Outbox.objects.get(message=message).expires_at == trigger.at + AN_HOUR
    assert entries(campaign) == [(asha.pk, "message")]
    assert dict(totals([run.pk])) == recount([run.pk])


def test_it_looks_forward_only(project: Project, asha: Profile) -> None:
    campaign = living(project, for_hours=1)
    did(asha, at=ago(hours=2))
    assert entries(campaign) == []


def test_only_events_with_the_properties_that_are_asked_for(
    project: Project, asha: Profile
) -> None:
    did(asha, at=ago(days=50), Amount=1, Shop="Pune")
    where = (
        {"on": "number", "property": "Amount", "is": "more", "value": 500},
        {"on": "text", "property": "Shop", "is": "equals", "value": "pune"},
    )
    campaign = living(project, did=Deed(CART, where), delay=AN_HOUR)
    other = ProfileFactory.create(project=project)

    did(asha, Amount=600, Shop="Pune")
    did(other, Amount=600, Shop="Goa")
    did(other, Amount=500, Shop="Pune")
    did(other, Shop="Pune")

    assert entries(campaign) == [(asha.pk, "waits")]
    assert Trigger.objects.get().properties == {"Amount": 600, "Shop": "Pune"}


def test_the_same_event_twice_enters_once(project: Project, asha: Profile) -> None:
    campaign = living(project, delay=AN_HOUR)
    record = told(asha)

    assert tell(project, [record, record]) == ["stored", "repeated"]
    assert tell(project, [record]) == ["repeated"]

    assert [row.times for row in Trigger.objects.filter(campaign=campaign)] == [1]


def test_further_events_are_counted_on_whoever_waits_and_the_first_time_holds(
    project: Project, asha: Profile
) -> None:
    campaign = living(project, delay=TWO_HOURS)
    first = ago(minutes=50)
    did(asha, at=ago(minutes=30), Amount=2)
    did(asha, at=ago(minutes=10), Amount=3)
    did(asha, at=first, Amount=1)  # late

    trigger = Trigger.objects.get(campaign=campaign)
    assert (trigger.times, trigger.at, trigger.due_at) == (3, first, first + TWO_HOURS)
    assert trigger.properties == {"Amount": 1}


def test_two_profiles_of_one_phone_are_one_person(project: Project, asha: Profile) -> None:
    other = ProfileFactory.create(project=project, phone=asha.phone)
    campaign = living(project, delay=AN_HOUR)
    did(asha)
    did(other)
    assert [row.times for row in Trigger.objects.filter(campaign=campaign)] == [2]


def test_many_events_of_one_person_are_one_trigger(project: Project, asha: Profile) -> None:
    campaign = living(project)
    for batch in range(5):
        at = ago(minutes=10)
        tell(project, [told(asha, at=at, n=1000 * batch + n) for n in range(200)])
        turn_due()

    assert messages_of(campaign) == [(asha.pk, "")]
    assert Trigger.objects.count() == 1


def test_nobody_waits_for_it_one_look_and_no_more(project: Project, asha: Profile) -> None:
    did(asha, n=0)
    with CaptureQueriesContext(connection) as before:
        did(asha, n=1)
    campaign = living(project, did=Deed(ORDER))
    with CaptureQueriesContext(connection) as beside:
        did(asha, n=2)

    assert len(beside) == len(before)
    assert entries(campaign) == []


def test_one_statement_whatever_the_number_of_events_and_campaigns(
    project: Project, asha: Profile
) -> None:
    living(project, delay=AN_HOUR)
    did(asha, n=0)
    other = ProfileFactory.create(project=project)
    with CaptureQueriesContext(connection) as one:
        did(other, n=1)
    for _ in range(3):
        living(project, delay=AN_HOUR)
    with CaptureQueriesContext(connection) as many:
        tell(project, [told(asha, n=n) for n in range(2, 20)])

    assert len(many) == len(one)


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_enter_somebody_once(project: Project) -> None:
    asha = ProfileFactory.create(project=project)
    campaign = living(project, delay=AN_HOUR)
    barrier = Barrier(4)

    def tell_one(n: int) -> None:
        barrier.wait()
        try:
            did(asha, n=n)
        finally:
            connection.close()

    threads = [Thread(target=tell_one, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [row.times for row in Trigger.objects.filter(campaign=campaign)] == [4]


# Again --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("again", "hours", "enters"),
    [(A_DAY, 23, False), (A_DAY, 25, True), (None, 25, False), (AN_HOUR, 1.1, True)],
)
def test_again_only_after_the_time_that_is_chosen(
    project: Project, asha: Profile, again: timedelta | None, hours: float, enters: bool
) -> None:
    campaign = living(project, again=again)
    did(asha, at=ago(minutes=1))
    turn_due()
    moved_back(campaign, hours=hours)

    did(asha, n=2)
    turn_due()

    assert len(entries(campaign)) == 1 + enters
    assert messages_of(campaign) == [(asha.pk, "")] * (1 + enters)


def test_whoever_enters_while_their_message_is_made_has_it_once(
    project: Project, asha: Profile
) -> None:
    """The statement that stores the event did not see the other one end."""
    campaign = living(project)
    did(asha, at=ago(minutes=2))
    turn_due()
    first = Trigger.objects.get()
    Trigger.objects.create(
        campaign=campaign,
        profile=asha,
        match_key=first.match_key,
        at=ago(minutes=1),
        due_at=ago(minutes=1),
        expires_at=timezone.now() + AN_HOUR,
    )

    turn_due()

    assert messages_of(campaign) == [(asha.pk, ""), (asha.pk, Reason.ENTERED_BEFORE)]


def test_whose_condition_failed_can_enter_again(project: Project, asha: Profile) -> None:
    campaign = living(project, delay=AN_HOUR, unless=Deed(ORDER))
    did(asha, at=ago(hours=1.9))
    did(asha, ORDER, at=ago(hours=1.5))
    turn_due()
    did(asha, at=ago(hours=1.1), n=2)
    turn_due()

    assert entries(campaign) == [(asha.pk, Reason.CONDITION_FAILED), (asha.pk, "message")]


# Not meanwhile ------------------------------------------------------------------------------------


def test_whoever_did_the_other_thing_meanwhile_gets_nothing(
    project: Project, asha: Profile
) -> None:
    campaign = living(project, delay=TWO_HOURS, unless=Deed(ORDER))
    other, before = ProfileFactory.create_batch(2, project=project)
    left = ago(hours=2.1)
    did(asha, ORDER, at=left + AN_HOUR)  # came before the cart that it was after
    did(asha, at=left)
    did(other, at=left)
    did(other, ORDER, at=left + timedelta(hours=1.99))
    did(before, ORDER, at=left - AN_HOUR)
    did(before, at=left)

    turn_due()

    failed = Reason.CONDITION_FAILED
    assert dict(messages_of(campaign)) == {asha.pk: failed, other.pk: failed, before.pk: ""}
    run = campaign.runs.get()
    assert dict(totals([run.pk])) == recount([run.pk])


def test_only_orders_with_the_properties_count(project: Project, asha: Profile) -> None:
    did(asha, ORDER, at=ago(days=3), Amount=5)
    where = ({"on": "number", "property": "Amount", "is": "more", "value": 100},)
    campaign = living(project, delay=TWO_HOURS, unless=Deed(ORDER, where))
    other = ProfileFactory.create(project=project)
    for who, amount in ((asha, 99), (other, 101)):
        did(who, at=ago(hours=2.1))
        did(who, ORDER, at=ago(hours=1), Amount=amount)

    turn_due()

    assert dict(messages_of(campaign)) == {asha.pk: "", other.pk: Reason.CONDITION_FAILED}


def test_what_comes_late_has_a_minute(project: Project, asha: Profile) -> None:
    campaign = living(project, delay=TWO_HOURS, unless=Deed(ORDER))
    did(asha, at=ago(hours=2, seconds=30))
    turn_due()
    assert entries(campaign) == [(asha.pk, "waits")]

    did(asha, ORDER, at=ago(hours=1))
    moved_back(campaign, minutes=1)
    turn_due()

    assert messages_of(campaign) == [(asha.pk, Reason.CONDITION_FAILED)]


def test_the_other_profile_of_their_phone_counts(project: Project, asha: Profile) -> None:
    campaign = living(project, delay=TWO_HOURS, unless=Deed(ORDER))
    did(asha, at=ago(hours=2.1))
    did(ProfileFactory.create(project=project, phone=asha.phone), ORDER, at=ago(hours=1))
    turn_due()
    assert messages_of(campaign) == [(asha.pk, Reason.CONDITION_FAILED)]


def test_it_is_asked_again_before_the_message_leaves(project: Project, asha: Profile) -> None:
    campaign = living(project, delay=TWO_HOURS, unless=Deed(ORDER))
    other = ProfileFactory.create(project=project)
    for who in (asha, other):
        did(who, at=ago(hours=2.1))
    turn_due()

    did(asha, ORDER)
    (due,) = find_due()
    claims = claim_bulk(due, limit=10)

    assert [claim.message_id for claim in claims] == [
        Message.objects.get(campaign=campaign, profile=other).pk
    ]
    assert dict(messages_of(campaign)) == {asha.pk: Reason.CONDITION_FAILED, other.pk: ""}


# Who ----------------------------------------------------------------------------------------------


def test_whoever_does_not_belong_to_the_audience_gets_nothing(
    project: Project, asha: Profile
) -> None:
    regulars, staff = CustomListFactory.create_batch(2, project=project)
    stranger, colleague, blocked = ProfileFactory.create_batch(3, project=project)
    for who in (asha, colleague, blocked):
        ListMemberFactory.create(custom_list=regulars, profile=who)
    ListMemberFactory.create(custom_list=staff, profile=colleague)
    PhoneBlockFactory.create(project=project, match_key=blocked.match_key)
    campaign = living(project, to=[regulars], without=[staff])

    for who in (asha, stranger, colleague, blocked):
        did(who, at=ago(minutes=1))
    turn_due()

    assert dict(messages_of(campaign)) == {
        asha.pk: "",
        stranger.pk: Reason.CONDITION_FAILED,
        colleague.pk: Reason.EXCLUDED,
        blocked.pk: Reason.NUMBER_BLOCKED,
    }


def test_some_are_held_back_by_lot_and_stay_so(project: Project) -> None:
    people = ProfileFactory.create_batch(30, project=project)
    campaign = living(project, control_percent=50, again=AN_HOUR)
    for hours in (0.1, 2):
        tell(project, [told(who, at=ago(minutes=1), hours=hours) for who in people])
        turn_due()
        moved_back(campaign, hours=hours)

    held = Message.objects.filter(campaign=campaign, reason=Reason.CONTROL_GROUP)
    drawn = set(held.values_list("profile", flat=True))
    assert 0 < len(drawn) < 30
    sent = Message.objects.filter(campaign=campaign, reason="").values_list("profile", flat=True)
    assert drawn.isdisjoint(sent)


# What they did, in the text ----------------------------------------------------------------------


def test_the_text_knows_what_they_did(project: Project, asha: Profile) -> None:
    campaign = living(project)
    values = {"body.1": {"text": 'a {{ event.Item | default: "cart" }} of {{ event.Amount }}'}}
    campaign.variants.update(values=values)
    other, without = ProfileFactory.create_batch(2, project=project)
    did(asha, at=ago(minutes=1), Amount=450.5, Item="Teapot")
    did(other, at=ago(minutes=1), Amount=7)
    did(without, at=ago(minutes=1))
    turn_due()

    (due,) = find_due()
    claims = claim_bulk(due, limit=10)
    letters, unsendable = compose(project.pk, OpenProviders().of(due.provider_id), claims)

    texts = sorted(letter.own["body.1"] for letter in letters if letter.own)
    assert texts == ["a Teapot of 450.5", "a cart of 7"]
    assert [result.reason for result in unsendable] == [Reason.MISSING_VALUE]


def test_only_a_live_campaign_knows_an_event(project: Project) -> None:
    campaign = draft(project)
    values = {"body.1": {"text": "{{ event.Amount }}", "fallback": "5"}}
    campaign.variants.update(values=values)
    assert [one.message for one in findings(campaign, variants_of(campaign))] == [
        "No event of that name has had a property “Amount” yet."
    ]
    campaign.kind = "once"
    assert NO_EVENT_HERE in [one.message for one in findings(campaign, variants_of(campaign))]


def test_what_it_looks_like_is_shown_by_the_newest_event(project: Project, asha: Profile) -> None:
    campaign = draft(project)
    values = {"body.1": {"text": "{{ event.Amount }} rupees"}}
    campaign.variants.update(values=values)
    did(asha, at=ago(days=2), Amount=1)
    did(asha, at=ago(days=1), Amount=2)

    (variant,) = variants_of(campaign)
    example = example_of(campaign, variant)

    assert example.preview is not None
    assert "2 rupees" in example.preview.body
    assert dry_run(campaign, variant, expected=1).left_out == []


# Time ---------------------------------------------------------------------------------------------


def test_it_counts_from_the_events_own_time_and_too_late_is_too_late(
    project: Project, asha: Profile
) -> None:
    campaign = living(project, delay=TWO_HOURS)
    other = ProfileFactory.create(project=project)
    did(asha, at=ago(hours=2.5))
    did(other, at=ago(hours=3.1))

    turn_due()

    assert dict(messages_of(campaign)) == {asha.pk: "", other.pk: Reason.CUT_OFF}


def test_paused_it_waits_and_past_its_cut_off_it_ends(project: Project, asha: Profile) -> None:
    campaign = living(project, cut_off_hours=2)
    other = ProfileFactory.create(project=project)
    pause(campaign, by=SYSTEM)
    did(asha, at=ago(minutes=1))
    did(other, at=ago(hours=2.1))

    turn_due()
    assert set(entries(campaign)) == {(other.pk, Reason.CUT_OFF), (asha.pk, "waits")}

    resume(campaign, by=SYSTEM)
    turn_due()
    assert dict(messages_of(campaign)) == {asha.pk: "", other.pk: Reason.CUT_OFF}


def test_stopped_everybody_who_waits_has_the_reason_and_it_is_over(
    project: Project, asha: Profile
) -> None:
    campaign = living(project, delay=TWO_HOURS)
    queued = ProfileFactory.create(project=project)
    did(queued, at=ago(hours=2))
    turn_due()
    did(asha)
    stop(campaign, by=SYSTEM)

    turn_due()
    reconcile()
    reconcile()

    stopped = Reason.CAMPAIGN_STOPPED
    assert dict(messages_of(campaign)) == {queued.pk: stopped, asha.pk: stopped}
    assert campaign.runs.get().status == RunStatus.FINISHED
    did(asha, n=1)
    assert len(entries(campaign)) == 2


def test_at_its_end_it_is_completed(project: Project, asha: Profile) -> None:
    campaign = living(project, delay=TWO_HOURS, ends_at=timezone.now() + AN_HOUR)
    did(asha)
    Campaign.objects.filter(pk=campaign.pk).update(ends_at=ago(seconds=1))

    turn_due()
    end_standing_runs()
    reconcile()

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.COMPLETED
    assert messages_of(campaign) == [(asha.pk, Reason.CUT_OFF)]


def test_an_empty_outbox_does_not_end_it(project: Project, asha: Profile) -> None:
    campaign = living(project)
    did(asha, at=ago(minutes=1))
    turn_due()
    Outbox.objects.all().delete()
    Message.objects.update(state=State.SENT, sent_at=timezone.now())
    run = campaign.runs.get()
    run.tallies.all().delete()

    reconcile()

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING
    assert campaign.runs.get().status == RunStatus.STANDING


def test_whose_profile_is_gone_has_no_message(project: Project, asha: Profile) -> None:
    campaign = living(project)
    did(asha, at=ago(minutes=1))
    Profile.objects.filter(pk=asha.pk)._raw_delete("default")  # type: ignore[attr-defined]
    turn_due()
    assert messages_of(campaign) == []
    assert [row.reason for row in Trigger.objects.all()] == [Reason.ERASED]
