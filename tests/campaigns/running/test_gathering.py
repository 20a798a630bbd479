"""Who belongs to a run is decided once, whatever changes while it is launched."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Audience,
    Campaign,
    CampaignStatus,
    CustomList,
    LaunchShare,
    ListMember,
    Message,
    Profile,
    Reason,
    Run,
    RunAudience,
    RunStatus,
    State,
)
from campaigns.running import gathering, launching
from campaigns.running.gathering import gather
from campaigns.running.launching import launch
from campaigns.running.lifecycle import stop
from campaigns.running.opening_runs import open_run, open_second_try
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.recount import recount
from tests.factories import (
    CustomListFactory,
    ListMemberFactory,
    MessageFactory,
    ProfileFactory,
    RunFactory,
    VariantFactory,
    choose,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()
QUEUED = (State.QUEUED, "")
FIRST_KEY = 919000000100


@pytest.fixture
def campaign(project: Project) -> Campaign:
    variant = VariantFactory.create(campaign__project=project)
    variant.campaign.status = CampaignStatus.LAUNCHING
    variant.campaign.save()
    return variant.campaign


@pytest.fixture
def people(project: Project) -> dict[str, Profile]:
    """Even and odd numbers in turn: of the one share of a launch, and of the other."""
    return {
        name: ProfileFactory.create(
            project=project, identity=name, phone=f"+{FIRST_KEY + n}", match_key=FIRST_KEY + n
        )
        for n, name in enumerate("abcdef")
    }


@pytest.fixture
def regulars(campaign: Campaign, people: dict[str, Profile]) -> CustomList:
    """The campaign's list: a, b, d and e."""
    regulars = CustomListFactory.create(project=campaign.project)
    for name in "abde":
        ListMemberFactory.create(custom_list=regulars, profile=people[name])
    campaign.audience = Audience.SOME
    choose(campaign, [regulars])
    campaign.save()
    return regulars


def outcome(run: Run) -> dict[str, tuple[int, str]]:
    assert dict(totals([run.pk])) == recount([run.pk])
    rows = Message.objects.filter(run=run).values_list("profile__identity", "state", "reason")
    return {identity: (state, reason) for identity, state, reason in rows}


def launched_in_part(run: Run) -> None:
    """As by a worker that was killed after one chunk; of those who are gathered, after two."""
    gather(run.pk)
    launching._launch_chunk(run.pk)
    run.refresh_from_db()


@pytest.fixture(autouse=True)
def small_chunks(chunks_of: ChunksOf) -> None:
    chunks_of(2, first=1)


def test_a_list_that_changes_while_it_is_launched_changes_nobodys_place(
    campaign: Campaign, people: dict[str, Profile], regulars: CustomList
) -> None:
    run = open_run(campaign)
    launched_in_part(run)
    decided = run.as_of
    ListMember.objects.filter(profile__in=[people["a"], people["e"]]).delete()
    for newcomer in (people["c"], people["f"], ProfileFactory.create(project=campaign.project)):
        ListMemberFactory.create(custom_list=regulars, profile=newcomer)

    launch(run.pk)

    run.refresh_from_db()
    assert outcome(run) == dict.fromkeys("abde", QUEUED)
    assert (run.as_of, run.status) == (decided, RunStatus.SENDING)


def test_a_list_that_changes_before_its_launch_counts_as_it_is_then(
    campaign: Campaign, people: dict[str, Profile], regulars: CustomList
) -> None:
    run = open_run(campaign)
    ListMember.objects.filter(profile=people["a"]).delete()
    ListMemberFactory.create(custom_list=regulars, profile=people["c"])

    launch(run.pk)

    assert outcome(run) == dict.fromkeys("bcde", QUEUED)


def test_a_second_try_keeps_to_those_who_had_failed_when_it_was_launched(
    campaign: Campaign, people: dict[str, Profile]
) -> None:
    before = RunFactory.create(campaign=campaign, last_profile_id=people["f"].pk)
    failed = {
        "state": State.FAILED,
        "reason": Reason.RETRIES_EXHAUSTED,
        "failed_at": timezone.now(),
    }
    for name, person in people.items():
        MessageFactory.create(
            run=before,
            profile=person,
            phone=person.phone,
            **(failed if name in "abde" else {"state": State.SENT}),
        )
    run = open_second_try(before)
    launched_in_part(run)
    before.messages.filter(profile=people["e"]).update(state=State.DELIVERED)
    before.messages.filter(profile=people["f"]).update(**failed)

    launch(run.pk)

    assert outcome(run) == dict.fromkeys("abde", QUEUED)


def test_everybody_is_whoever_was_there_and_needs_no_rows(
    campaign: Campaign, people: dict[str, Profile]
) -> None:
    run = open_run(campaign)
    launched_in_part(run)
    ProfileFactory.create(project=campaign.project, identity="late")

    launch(run.pk)

    run.refresh_from_db()
    assert outcome(run) == dict.fromkeys(people, QUEUED)
    assert (run.keeps_audience, RunAudience.objects.count()) == (False, 0)


@pytest.mark.parametrize("is_list", [True, False])
@pytest.mark.parametrize(
    ("name", "number"),
    [
        pytest.param("b", 900, id="from the share that comes to the one that has passed"),
        pytest.param("a", 901, id="from the share that has passed to the one that comes"),
    ],
)
def test_whose_number_changes_in_mid_launch_gets_one_message(
    campaign: Campaign,
    people: dict[str, Profile],
    is_list: bool,
    name: str,
    number: int,
    chunks_of: ChunksOf,
    request: pytest.FixtureRequest,
) -> None:
    if is_list:
        request.getfixturevalue("regulars")
    chunks_of(1 if is_list else 100)
    run = open_run(campaign)
    launched_in_part(run)
    key = FIRST_KEY + number
    Profile.objects.filter(pk=people[name].pk).update(phone=f"+{key}", match_key=key)

    launch(run.pk)

    assert outcome(run) == dict.fromkeys("abde" if is_list else people, QUEUED)
    sent_to = Message.objects.get(run=run, profile=people[name]).send_key
    assert sent_to == (key if name == "b" else FIRST_KEY)


def test_who_was_left_out_with_all_the_others_in_view_has_a_row_that_says_so(
    campaign: Campaign, people: dict[str, Profile], regulars: CustomList
) -> None:
    run = open_run(campaign)
    gather(run.pk)
    RunAudience.objects.filter(profile=people["d"]).update(reason=Reason.CONTROL_GROUP)

    launch(run.pk)

    assert outcome(run) == dict.fromkeys("abe", QUEUED) | {
        "d": (State.SUPPRESSED, Reason.CONTROL_GROUP)
    }


def test_who_gets_what_is_decided_with_who_belongs(
    campaign: Campaign, people: dict[str, Profile], regulars: CustomList
) -> None:
    VariantFactory.create(campaign=campaign, position=1)
    run = open_run(campaign)
    gather(run.pk)
    arms = dict(RunAudience.objects.values_list("profile", "arm"))
    Profile.objects.update(match_key=None, phone="")  # which draws another lot

    launch(run.pk)

    waited = Message.objects.filter(profile__in=arms)
    assert set(arms) == {people["d"].pk, people["e"].pk}
    assert dict(waited.values_list("profile", "variant")) == arms


def test_a_profile_that_is_gone_is_passed_by(
    campaign: Campaign, people: dict[str, Profile], regulars: CustomList
) -> None:
    run = open_run(campaign)
    gather(run.pk)
    people["d"].delete()

    launch(run.pk)

    run.refresh_from_db()
    assert (outcome(run), run.status) == (dict.fromkeys("abe", QUEUED), RunStatus.SENDING)


def test_it_is_forgotten_when_the_run_is_over_part_by_part(
    campaign: Campaign, regulars: CustomList, monkeypatch: pytest.MonkeyPatch, chunks_of: ChunksOf
) -> None:
    monkeypatch.setattr(gathering, "FORGET", gathering.FORGET.replace("10000", "2"))
    chunks_of(1)
    run = open_run(campaign)
    launch(run.pk)
    reconcile()
    kept = RunAudience.objects.count()
    stop(Campaign.objects.get(), by=SYSTEM)
    reconcile()
    left = [RunAudience.objects.count()]
    for _ in range(2):
        gathering.forget_gathered()
        left.append(RunAudience.objects.count())

    run.refresh_from_db()
    assert (kept, left) == (3, [1, 0, 0])
    assert (run.status, run.keeps_audience) == (RunStatus.FINISHED, False)


# In a large project -------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, chunks_of: ChunksOf) -> None:
    monkeypatch.setattr(gathering, "LARGE", 3)
    chunks_of(1)


@pytest.mark.django_db(transaction=True)
def test_shares_that_gather_side_by_side_see_one_moment(
    campaign: Campaign, people: dict[str, Profile], regulars: CustomList, large: None
) -> None:
    """Whose each person is, their phone says, and not the number of their row."""
    Profile.objects.filter(pk=people["b"].pk).update(match_key=people["e"].match_key)
    Profile.objects.filter(pk=people["e"].pk).update(match_key=people["b"].match_key)
    run = open_run(campaign)
    gather(run.pk)
    waiting = RunAudience.objects.values_list("profile__identity", flat=True)
    assert (outcome(run), set(waiting)) == (dict.fromkeys("ad", QUEUED), {"b", "e"})
    ListMember.objects.all().delete()

    launch(run.pk)

    run.refresh_from_db()
    assert outcome(run) == dict.fromkeys("abde", QUEUED)
    assert (run.status, run.keeps_audience) == (RunStatus.SENDING, True)


@pytest.mark.django_db(transaction=True)
def test_a_share_that_a_kill_left_out_is_gathered_later_and_the_other_stays(
    campaign: Campaign,
    people: dict[str, Profile],
    regulars: CustomList,
    large: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = open_run(campaign)
    gather_share = gathering._gather_share

    def killed_at_the_second(*arguments: Any) -> None:
        if LaunchShare.objects.get(pk=arguments[-1]).number == 1:
            raise OperationalError
        gather_share(*arguments)

    monkeypatch.setattr(gathering, "_gather_share", killed_at_the_second)
    with pytest.raises(OperationalError):
        launch(run.pk)
    monkeypatch.setattr(gathering, "_gather_share", gather_share)
    run.refresh_from_db()
    assert (run.as_of, outcome(run)) == (None, {"a": QUEUED})
    ListMember.objects.filter(profile=people["a"]).delete()
    for name in "cf":
        ListMemberFactory.create(custom_list=regulars, profile=people[name])

    launch(run.pk)
    launch(run.pk)

    assert outcome(run) == dict.fromkeys("abdef", QUEUED)


@pytest.mark.django_db(transaction=True)
def test_who_finds_another_gathering_goes_away(
    campaign: Campaign, regulars: CustomList, large: None
) -> None:
    run = open_run(campaign)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [gathering.LOCK_OF_GATHERING, run.pk])
        launch(run.pk)
        run.refresh_from_db()
        assert (run.as_of, run.status, outcome(run)) == (None, RunStatus.LAUNCHING, {})
    other.close()
