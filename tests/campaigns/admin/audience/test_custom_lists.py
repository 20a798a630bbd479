"""Custom lists: renamed, copied, united and thinned from their page."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import CustomList, ListMember
from providers.models import Project
from tests.factories import CustomListFactory, ProfileFactory

TAKEN = "There is already a custom list with this name. Please choose another."


@pytest.fixture
def lists(project: Project) -> tuple[CustomList, CustomList]:
    """Asha and Ravi are friends, Ravi and Mina staff."""
    asha, ravi, mina = ProfileFactory.create_batch(3, project=project)
    made = []
    for name, people in (("Friends", (asha, ravi)), ("Staff", (ravi, mina))):
        made.append(CustomListFactory.create(project=project, name=name))
        for person in people:
            ListMember.objects.create(custom_list=made[-1], profile=person)
    return made[0], made[1]


def address(name: str, custom_list: CustomList) -> str:
    return reverse(f"admin:campaigns_customlist_{name}", args=[custom_list.pk])


def sizes() -> dict[str, int]:
    return {row.name: row.members.count() for row in CustomList.objects.order_by("name")}


def test_lists_are_copied_united_and_thinned(
    lists: tuple[CustomList, CustomList], marketer: Client
) -> None:
    friends, staff = lists
    assert 'value="Copy of Friends"' in marketer.get(address("copy", friends)).content.decode()
    marketer.post(address("copy", friends), {"name": "Copy of Friends"})
    for _ in range(2):
        marketer.post(address("copy", staff), {"into": friends.pk})
        marketer.post(address("copy", friends), {"into": friends.pk})
    assert sizes() == {"Copy of Friends": 2, "Friends": 3, "Staff": 2}
    said = marketer.post(address("take_out", friends), {"those_of": staff.pk}, follow=True)
    assert "2 people were taken out of “Friends”." in said.content.decode()
    nothing = marketer.post(address("take_out", friends), {}).content.decode()
    assert "Choose the list whose people are to be taken out." in nothing
    assert sizes() == {"Copy of Friends": 2, "Friends": 1, "Staff": 2}


def test_a_list_gets_another_name_but_none_that_is_taken(
    lists: tuple[CustomList, CustomList], marketer: Client
) -> None:
    friends, _ = lists
    marketer.post(address("change", friends), {"name": "Good friends"})
    refused = marketer.post(address("change", friends), {"name": "Staff"})
    assert TAKEN in refused.content.decode()
    new = marketer.post(reverse("admin:campaigns_customlist_add"), {"name": "Staff"})
    assert TAKEN in new.content.decode()
    assert set(sizes()) == {"Good friends", "Staff"}
