"""One flag of many people, changed by one order, and taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.audience.changing import ordering, undoing, walking
from campaigns.audience.changing.ordering import ChangeError, OtherNumberError, change_people
from campaigns.audience.changing.undoing import forget_old_changes, recent_changes, undo_change
from campaigns.audience.changing.walking import carry_out
from campaigns.audience.source import EVERYBODY, AudienceSource, found_by
from campaigns.audience.subscriptions import set_subscribed
from campaigns.models import ChangedPerson, PeopleChange, Profile, Source, SubscriptionChange
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.factories import ProfileFactory, ProjectFactory

pytestmark = pytest.mark.django_db
What, Status = PeopleChange.What, PeopleChange.Status
AGREED = {"agreed": True, "also": True, "unknown": None, "refused": False}


@pytest.fixture
def people(project: Project) -> list[Profile]:
    ProfileFactory.create(subscribed=True)  # of another project
    return [
        ProfileFactory.create(project=project, identity=name, subscribed=agreed)
        for name, agreed in AGREED.items()
    ]


@pytest.fixture
def _by_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people at a time, and none before the page answers."""
    for module in (walking, ordering):
        monkeypatch.setattr(module, "AT_ONCE", 2)


def opt_out(project: Project, source: AudienceSource = EVERYBODY, seen: int = 4) -> PeopleChange:
    return change_people(project, What.OPT_OUT, source, seen=seen, by=SYSTEM)


def flags(project: Project) -> dict[str, bool | None]:
    return dict(Profile.objects.of(project).values_list("identity", "subscribed"))


def history() -> list[tuple[str, bool | None, str]]:
    changes = SubscriptionChange.objects.order_by("pk").select_related("profile")
    return [(one.profile.identity, one.value, one.source) for one in changes if one.profile]


def test_a_few_are_opted_out_at_once_and_those_who_were_stay_out_of_the_history(
    project: Project, people: list[Profile]
) -> None:
    change = opt_out(project)
    assert (change.status, change.people, change.changed) == (Status.DONE, 3, 3)
    assert flags(project) == dict.fromkeys(AGREED, False)
    assert history() == [(name, False, Source.CONSOLE) for name in ("agreed", "also", "unknown")]
    evidence = set(SubscriptionChange.objects.values_list("words", flat=True))
    assert evidence == {"In the list of people, 3 people at once."}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.note) == (
        "profile.opted_out",
        str(change.pk),
        "3 people",
    )
    assert Profile.objects.exclude(project=project).get().subscribed


def test_what_is_done_twice_is_done_once(project: Project, people: list[Profile]) -> None:
    opt_out(project)
    with pytest.raises(ChangeError, match="Nobody is left"):
        opt_out(project)
    assert (PeopleChange.objects.count(), AuditEntry.objects.count()) == (1, 1)


def test_they_are_as_many_as_somebody_agreed_to_or_nobody_is_changed(
    project: Project, people: list[Profile]
) -> None:
    with pytest.raises(OtherNumberError) as refused:
        opt_out(project, seen=3)
    assert str(refused.value) == "They are 4 now, no longer 3. Look again, then confirm."
    assert (flags(project), ChangedPerson.objects.count()) == (AGREED, 0)


@pytest.mark.usefixtures("_by_a_worker")
def test_many_are_changed_by_a_worker_who_may_be_killed(
    project: Project, people: list[Profile]
) -> None:
    change = opt_out(project)
    assert (change.status, flags(project)) == (Status.RUNNING, AGREED)
    with pytest.raises(ChangeError) as refused:
        opt_out(project)
    assert refused.value.code == "people_change.busy"
    # The first two, then somebody else goes on.
    assert walking._go_on(change.pk) == 2
    ProfileFactory.create(project=project, identity="later", subscribed=True)
    assert carry_out() == 1
    assert flags(project) == {**dict.fromkeys(AGREED, False), "later": True}
    change.refresh_from_db()
    assert (change.status, change.changed, carry_out()) == (Status.DONE, 3, 0)


def test_undone_everybody_has_what_they_had(project: Project, people: list[Profile]) -> None:
    undone = undo_change(opt_out(project), by=SYSTEM)
    assert (undone.status, undone.changed, flags(project)) == (Status.UNDONE, 0, AGREED)
    assert history()[3:] == [
        ("agreed", True, Source.CONSOLE),
        ("also", True, Source.CONSOLE),
        ("unknown", None, Source.CONSOLE),
    ]
    # That it was undone is no evidence that anybody agreed.
    assert not SubscriptionChange.objects.filter(value=True).exclude(words="").exists()
    with pytest.raises(ChangeError, match="can't be undone any more"):
        undo_change(undone, by=SYSTEM)


def test_undoing_leaves_alone_whom_somebody_else_has_changed_or_erased(
    project: Project, people: list[Profile]
) -> None:
    change = opt_out(project)
    agreed, also, unknown, _ = people
    for said in (True, False):  # they agreed, and then said no themselves
        set_subscribed(agreed, subscribed=said, source=Source.API, at=timezone.now())
    set_subscribed(also, subscribed=True, source=Source.API, at=timezone.now())
    unknown.delete()
    undone = undo_change(change, by=SYSTEM)
    assert (undone.status, undone.changed) == (Status.UNDONE, 3)
    assert flags(project) == {"agreed": False, "also": True, "refused": False}


@pytest.mark.usefixtures("_by_a_worker", "people")
def test_changes_of_projects_take_turns_and_leave_room_for_other_tasks(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ProfileFactory.create_batch(4, project=ProjectFactory.create(), subscribed=True)
    mine, other = opt_out(project), opt_out(theirs[0].project)
    hints: list[str] = []
    monkeypatch.setattr(walking, "wake_changer", lambda: hints.append("more"))
    moments = iter([0.0, 1.0, 99.0])
    monkeypatch.setattr(walking, "monotonic", lambda: next(moments))

    assert carry_out(seconds=20) == 4
    assert hints == ["more"]
    for change in (mine, other):
        change.refresh_from_db()
    assert (mine.changed, other.changed) == (2, 2)


@pytest.mark.usefixtures("_by_a_worker")
def test_one_that_is_under_way_is_undone_as_far_as_it_has_come(
    project: Project, people: list[Profile]
) -> None:
    change = opt_out(project)
    walking._go_on(change.pk)
    undo_change(change, by=SYSTEM)
    carry_out()
    change.refresh_from_db()
    assert (change.status, change.changed, flags(project)) == (Status.UNDONE, 0, AGREED)


def test_test_profiles_are_made_and_unmade_but_not_of_everybody(
    project: Project, people: list[Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = found_by(Profile.objects.filter(pk__in=[people[0].pk]).values_list("pk"), of="named")
    change = change_people(project, What.TEST, some, seen=1, by=SYSTEM)
    assert list(Profile.objects.filter(is_test=True)) == [people[0]]
    assert not history()
    undo_change(change, by=SYSTEM)
    assert not Profile.objects.filter(is_test=True).exists()

    monkeypatch.setattr(ordering, "MOST_TESTS", 3)
    with pytest.raises(ChangeError) as refused:
        change_people(project, What.TEST, EVERYBODY, seen=4, by=SYSTEM)
    assert refused.value.code == "people_change.too_many_tests"
    assert not Profile.objects.filter(is_test=True).exists()


def test_what_they_had_is_forgotten_after_a_week(project: Project, people: list[Profile]) -> None:
    old, new = opt_out(project), change_people(project, What.TEST, EVERYBODY, seen=4, by=SYSTEM)
    assert forget_old_changes() == 0
    ago = timezone.now() - timedelta(days=undoing.UNDO_DAYS, seconds=1)
    PeopleChange.objects.filter(pk=old.pk).update(finished_at=ago)
    assert (forget_old_changes(), forget_old_changes()) == (1, 0)
    assert set(ChangedPerson.objects.values_list("change", flat=True)) == {new.pk}
    assert recent_changes(project) == [new]
    with pytest.raises(ChangeError):
        undo_change(old, by=SYSTEM)
    assert flags(project) == dict.fromkeys(AGREED, False)
