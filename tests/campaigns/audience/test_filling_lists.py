"""Whom a source finds, put into a list and taken out of it."""

import pytest

from campaigns.audience.filling_lists import list_of, put_into, take_from
from campaigns.audience.lists import ListError, delete_list, free_name
from campaigns.audience.source import EVERYBODY, AudienceSource, found_by, members_of
from campaigns.models import CustomList, ListMember, Profile
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.factories import CustomListFactory, ProfileFactory


@pytest.fixture
def people(project: Project) -> list[Profile]:
    ProfileFactory.create()  # of another project
    made: list[Profile] = ProfileFactory.create_batch(4, project=project)
    return made


def holding(project: Project, name: str, people: list[Profile]) -> CustomList:
    made: CustomList = CustomListFactory.create(project=project, name=name)
    ListMember.objects.bulk_create(ListMember(custom_list=made, profile=one) for one in people)
    return made


def in_it(custom_list: CustomList) -> list[int]:
    members = ListMember.objects.filter(custom_list=custom_list)
    return sorted(members.values_list("profile_id", flat=True))


def these(*people: Profile) -> AudienceSource:
    wanted = Profile.objects.filter(pk__in=[one.pk for one in people])
    return found_by(wanted.values_list("pk"), of="named")


def ids(*people: Profile) -> list[int]:
    return [one.pk for one in people]


def test_lists_are_united_and_thinned_and_one_with_itself_stays(
    project: Project, people: list[Profile]
) -> None:
    friends, staff = (
        holding(project, "Friends", people[:2]),
        holding(project, "Staff", people[1:3]),
    )
    assert put_into(friends, members_of(friends.pk), by=SYSTEM) == 0
    assert put_into(friends, members_of(staff.pk), by=SYSTEM) == 1
    assert in_it(friends) == ids(*people[:3])
    assert take_from(friends, these(people[0], people[3]), by=SYSTEM) == 1
    assert put_into(staff, EVERYBODY, by=SYSTEM) == 2
    assert (in_it(friends), in_it(staff)) == (ids(*people[1:3]), ids(*people))
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "note")) == [
        ("customlist.filled", "1 person"),
        ("customlist.thinned", "1 person"),
        ("customlist.filled", "2 people"),
    ]


def test_a_new_list_holds_nobody_of_another_project_and_nobody_left_out(
    project: Project, people: list[Profile]
) -> None:
    strangers = list(Profile.objects.exclude(project=project))
    named = these(*strangers, people[0])
    assert in_it(list_of(project, "Some", named, by=SYSTEM)) == ids(people[0])
    without = AudienceSource(EVERYBODY.sql, named.parameters, left_out=named.sql)
    assert in_it(list_of(project, "Most", without, by=SYSTEM)) == ids(*people[1:])
    assert in_it(list_of(project, "None", these(), by=SYSTEM)) == []
    with pytest.raises(ListError) as refused:
        list_of(project, "Some", EVERYBODY, by=SYSTEM)
    assert refused.value.code == "list.name_taken"
    assert free_name(project, "Some") == "Some 2"


def test_a_list_that_was_deleted_meanwhile_takes_nobody(
    project: Project, people: list[Profile]
) -> None:
    friends = holding(project, "Friends", people)
    stale = CustomList.objects.get(pk=friends.pk)
    delete_list(friends, by=SYSTEM)
    for act in (put_into, take_from):
        with pytest.raises(ListError) as refused:
            act(stale, EVERYBODY, by=SYSTEM)
        assert refused.value.code == "list.gone"
    assert not ListMember.objects.exists()
