"""Launching: everybody in the audience gets exactly one row."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Audience,
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
from campaigns.planning.targeting import forecast
from campaigns.running import launching
from campaigns.running.launching import launch, percent_launched
from campaigns.running.lifecycle import stop
from campaigns.running.opening_runs import open_run
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import (
    CustomListFactory,
    ListMemberFactory,
    MessageFactory,
    OutboxFactory,
    PhoneBlockFactory,
    ProfileFactory,
    ProviderFactory,
    VariantFactory,
    choose,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(project: Project) -> Campaign:
    variant = VariantFactory.create(campaign__project=project)
    variant.campaign.status = CampaignStatus.LAUNCHING
    variant.campaign.save()
    return variant.campaign


@pytest.fixture
def people(project: Project) -> dict[str, int]:
    """Two who can be reached, and one for each reason why not."""
    blocked = ProfileFactory.create(project=project, identity="blocked")
    PhoneBlockFactory.create(project=project, match_key=blocked.match_key)
    first = ProfileFactory.create(project=project, identity="first")
    for identity, fields in {
        "second": {},
        "same phone": {"phone": first.phone, "match_key": first.match_key},
        "no phone": {"phone": "", "match_key": None},
        "invalid": {"phone": "", "match_key": None, "phone_is_invalid": True},
        "not subscribed": {"subscribed": False},
        "unknown": {"subscribed": None},
    }.items():
        ProfileFactory.create(project=project, identity=identity, **fields)
    ProfileFactory.create()  # of another project
    return {}


EXPECTED = {
    "blocked": (State.SUPPRESSED, Reason.NUMBER_BLOCKED),
    "first": (State.QUEUED, ""),
    "second": (State.QUEUED, ""),
    "same phone": (State.SUPPRESSED, Reason.DUPLICATE_PHONE),
    "no phone": (State.SUPPRESSED, Reason.NO_PHONE),
    "invalid": (State.SUPPRESSED, Reason.INVALID_PHONE),
    "not subscribed": (State.SUPPRESSED, Reason.NOT_SUBSCRIBED),
    "unknown": (State.SUPPRESSED, Reason.NOT_SUBSCRIBED),
}


def outcome(run: Run) -> dict[str, tuple[int, str]]:
    rows = Message.objects.filter(run=run).values_list("profile__identity", "state", "reason")
    return {identity: (state, reason) for identity, state, reason in rows}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("chunk", [1, 3, 50_000])
def test_everybody_gets_one_row_with_the_reason_whatever_the_chunks(
    campaign: Campaign, chunk: int, chunks_of: ChunksOf
) -> None:
    chunks_of(chunk)
    run = open_run(campaign)

    launch(run.pk)

    run.refresh_from_db()
    campaign.refresh_from_db()
    assert outcome(run) == EXPECTED
    assert set(Outbox.objects.values_list("message__profile__identity", flat=True)) == {
        "first",
        "second",
    }
    assert (run.status, campaign.status) == (RunStatus.SENDING, CampaignStatus.RUNNING)
    assert dict(totals([run.pk])) == recount([run.pk])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_shares_that_are_launched_side_by_side_leave_nobody_out_and_nobody_twice(
    campaign: Campaign, seed: int, chunks_of: ChunksOf
) -> None:
    chunks_of(7)
    chance = random.Random(seed)
    keys = [chance.randrange(919000000000, 919000000040) for _ in range(100)]
    for key in keys:
        ProfileFactory.create(project=campaign.project, phone=f"+{key}", match_key=key)
    run = open_run(campaign)

    with ThreadPoolExecutor(2) as beside:
        list(beside.map(launch_in_a_thread, [run.pk] * 2))

    run.refresh_from_db()
    campaign.refresh_from_db()
    profiles = Profile.objects.order_by("pk").values_list("pk", "match_key")
    firsts = {key: pk for pk, key in reversed(profiles)}
    rows = Message.objects.filter(run=run).order_by("profile").values_list("profile", "reason")
    assert list(rows) == [
        (pk, "" if firsts[key] == pk else Reason.DUPLICATE_PHONE) for pk, key in profiles
    ]
    assert set(Outbox.objects.values_list("message__profile", flat=True)) == set(firsts.values())
    assert (run.status, campaign.status) == (RunStatus.SENDING, CampaignStatus.RUNNING)
    assert dict(totals([run.pk])) == recount([run.pk])


def launch_in_a_thread(run_id: int) -> None:
    try:
        launch(run_id)
    finally:
        connection.close()


@pytest.mark.usefixtures("people")
def test_whose_number_changed_between_two_shares_has_one_row_and_so_has_everybody_else(
    campaign: Campaign,
) -> None:
    run = open_run(campaign)
    message = MessageFactory.create(
        run=run,
        profile=Profile.objects.get(identity="second"),
        variant=campaign.variants.get(),
        phone="+919000099999",  # as it was in the other share
    )
    OutboxFactory.create(message=message)
    count(run)

    launch(run.pk)

    assert outcome(run) == EXPECTED
    assert (Message.objects.filter(run=run).count(), Outbox.objects.count()) == (8, 2)
    assert dict(totals([run.pk])) == recount([run.pk])


@pytest.mark.usefixtures("people")
def test_whom_both_shares_have_passed_by_is_launched_in_the_end(campaign: Campaign) -> None:
    run = open_run(campaign)
    while launching._launch_chunk(run.pk) is not None:
        pass
    for missed in Message.objects.filter(run=run, profile__identity__in=["second", "no phone"]):
        Outbox.objects.filter(message=missed).delete()
        missed.delete()
    count(run)

    launch(run.pk)

    assert outcome(run) == EXPECTED
    assert Outbox.objects.count() == 2
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_launch_says_how_far_it_is(campaign: Campaign, chunks_of: ChunksOf) -> None:
    chunks_of(5)
    first = ProfileFactory.create(project=campaign.project).pk
    for _ in range(9):
        ProfileFactory.create(project=campaign.project)
    run = open_run(campaign)
    percent = [percent_launched(run)]
    while launching._launch_chunk(run.pk) is not None:
        percent.append(percent_launched(run))

    fifth, last = first + 4, first + 9
    assert percent == [
        0,
        100 * fifth // (2 * last),
        100 * fifth // last,
        100 * (fifth + last) // (2 * last),
        100,
    ]


@pytest.mark.usefixtures("people")
def test_the_forecast_counts_what_the_launch_then_does(campaign: Campaign) -> None:
    reach = forecast(campaign)
    run = open_run(campaign)
    launch(run.pk)

    numbers = totals([run.pk])
    assert reach.total == numbers["targeted"]
    assert reach.to_send == numbers["queued"]
    assert {f"suppressed:{reason}": n for reason, n in reach.dropped.items()} == {
        name: n for name, n in numbers.items() if name.startswith("suppressed:")
    }


def test_a_list_limits_the_audience_to_its_members(campaign: Campaign) -> None:
    member = ListMemberFactory.create(
        custom_list=CustomListFactory.create(project=campaign.project)
    )
    ProfileFactory.create(project=campaign.project)
    campaign.audience = Audience.SOME
    choose(campaign, [member.custom_list])
    campaign.save()
    run = open_run(campaign)

    launch(run.pk)

    assert outcome(run) == {member.profile.identity: (State.QUEUED, "")}


def test_a_draft_without_its_list_reaches_nobody(campaign: Campaign) -> None:
    ProfileFactory.create(project=campaign.project)
    campaign.audience = Audience.SOME

    assert forecast(campaign).total == 0


@pytest.mark.usefixtures("people")
def test_launching_twice_changes_nothing(campaign: Campaign) -> None:
    run = open_run(campaign)
    launch(run.pk)
    before = dict(totals([run.pk]))
    Run.objects.filter(pk=run.pk).update(status=RunStatus.LAUNCHING)
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.LAUNCHING)

    launch(run.pk)

    assert outcome(run) == EXPECTED
    assert dict(totals([run.pk])) == before == recount([run.pk])


@pytest.mark.django_db(transaction=True)
def test_who_finds_others_at_all_shares_goes_away(campaign: Campaign, chunks_of: ChunksOf) -> None:
    chunks_of(1)
    ProfileFactory.create_batch(9, project=campaign.project)
    run = open_run(campaign)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as theirs, connection.cursor() as ours:
        theirs.execute("SELECT FROM campaigns_launchshare WHERE run_id = %s FOR UPDATE", [run.pk])
        ours.execute("SET lock_timeout = '1s'")
        launch(run.pk)
        ours.execute("RESET lock_timeout")
    other.close()
    assert outcome(run) == {}

    launch(run.pk)

    assert len(outcome(run)) == 9


def test_who_comes_after_the_start_is_not_in_the_run(campaign: Campaign) -> None:
    ProfileFactory.create(project=campaign.project, identity="early")
    run = open_run(campaign)
    ProfileFactory.create(project=campaign.project, identity="late")

    launch(run.pk)

    assert outcome(run) == {"early": (State.QUEUED, "")}


@pytest.mark.usefixtures("people")
def test_whom_a_stop_overtakes_has_a_row_with_the_reason_too(
    campaign: Campaign, chunks_of: ChunksOf
) -> None:
    chunks_of(3)
    run = open_run(campaign)
    launching._launch_chunk(run.pk)
    stop(campaign, by=SYSTEM)

    launch(run.pk)
    reconcile()

    run.refresh_from_db()
    campaign.refresh_from_db()
    stopped = (State.SUPPRESSED, Reason.CAMPAIGN_STOPPED)
    assert outcome(run) == EXPECTED | {
        "first": stopped,
        "second": stopped,
        "same phone": stopped,
    }
    assert Outbox.objects.count() == 0
    assert (run.status, campaign.status) == (RunStatus.FINISHED, CampaignStatus.STOPPED)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_during_a_trial_only_test_profiles_are_launched(campaign: Campaign) -> None:
    ProviderFactory.create(project=campaign.project, trial_ended_at=None)
    ProfileFactory.create(project=campaign.project, identity="customer")
    ProfileFactory.create(project=campaign.project, identity="colleague", is_test=True)
    ProfileFactory.create(project=campaign.project, identity="left", is_test=True, subscribed=False)
    reach = forecast(campaign)
    run = open_run(campaign)

    launch(run.pk)

    assert outcome(run) == {
        "customer": (State.SUPPRESSED, Reason.TRIAL_MODE),
        "colleague": (State.QUEUED, ""),
        "left": (State.SUPPRESSED, Reason.NOT_SUBSCRIBED),
    }
    assert (reach.to_send, reach.dropped) == (
        1,
        {Reason.TRIAL_MODE: 1, Reason.NOT_SUBSCRIBED: 1},
    )
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_run_says_which_day_it_is_for_in_the_projects_zone(campaign: Campaign) -> None:
    campaign.project.time_zone = "Asia/Kolkata"
    campaign.starts_at = datetime(2026, 3, 1, 20, tzinfo=UTC)

    run = open_run(campaign)

    assert run.due_key == date(2026, 3, 2)


def test_of_two_who_open_the_run_of_a_day_one_comes_too_late(campaign: Campaign) -> None:
    open_run(campaign)

    with pytest.raises(IntegrityError), transaction.atomic():
        open_run(campaign)

    assert campaign.runs.count() == 1


def test_a_person_has_one_row_for_each_entry_of_a_run() -> None:
    first = MessageFactory.create(phone="")
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory.create(run=first.run, profile=first.profile, phone="")
    MessageFactory.create(run=first.run, profile=first.profile, phone="", entry=4711)
    entries = Message.objects.filter(run=first.run, profile=first.profile).order_by("entry")
    assert list(entries.values_list("entry", flat=True)) == [0, 4711]


def test_a_phone_has_one_message_for_each_entry_of_a_run() -> None:
    first = MessageFactory.create()
    other = ProfileFactory.create(project=first.project, phone=first.phone)
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory.create(run=first.run, profile=other)
    MessageFactory.create(run=first.run, profile=other, entry=4711)
    assert Message.objects.filter(run=first.run).count() == 2
