"""Pages of people, in each order, whatever the rule finds."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.audience import paging
from campaigns.audience.filtering import Wanted
from campaigns.audience.paging import Order, PeoplePage, page_of
from campaigns.audience.segments.given import Known
from campaigns.audience.segments.reading import read_rule
from campaigns.models import Profile, ProfileWords
from providers.models import Project
from tests.campaigns.audience.words.indexing import index_everybody
from tests.factories import (
    ConversationFactory,
    CustomListFactory,
    ListMemberFactory,
    ProfileFactory,
)

pytestmark = pytest.mark.django_db
# Accents and case count for nothing; who has the same name is told apart by the number.
NAMES = ["Zoya", "", "asha", "Ämir", "  ", "Asha", "Bela", "आशा", "~", "Ravi"]
TESTS: dict[str, Any] = {"on": "flag", "what": "test", "is": "yes"}


@pytest.fixture
def people(project: Project) -> list[Profile]:
    ProfileFactory.create(name="Bela")  # of another project
    made = [
        ProfileFactory.create(project=project, name=name, email="", is_test=number % 2 == 0)
        for number, name in enumerate(NAMES)
    ]
    index_everybody()
    talk(made)
    return made


def talk(people: list[Profile]) -> None:
    """7 wrote last; 4, and 2 who has the same phone, at the moment at which 0 did."""
    now = timezone.now()
    people[2].match_key = people[4].match_key
    people[2].save()
    ConversationFactory.create(match_key=people[5].match_key, last_inbound_at=now)  # elsewhere
    for number, ago in ((7, 1), (4, 2), (0, 2), (1, None)):
        ConversationFactory.create(
            project=people[number].project,
            match_key=people[number].match_key,
            last_inbound_at=None if ago is None else now - timedelta(days=ago),
            window_until=None,
        )


def wanted(project: Project, *conditions: dict[str, Any], among: list[int] | None = None) -> Wanted:
    document = {"version": 1, "match": "all", "conditions": list(conditions)}
    return Wanted(project, read_rule(document, Known(lists={5: "Friends"})), among)


def walked(asked: Wanted, order: Order, *, most: int) -> list[int]:
    """All of them, page by page."""
    found: list[int] = []
    before = None
    for _ in range(200):
        page: PeoplePage = page_of(asked, before=before, most=most, order=order)
        found += page.numbers
        before = page.before
        if before is None:
            return found
    raise AssertionError("It never ends.")


ORDERS = {
    Order.NEWEST: list(range(9, -1, -1)),
    Order.OLDEST: list(range(10)),
    Order.NAME: [3, 2, 5, 6, 9, 0, 8, 7, 4, 1],
    Order.NAME_DOWN: [7, 8, 0, 9, 6, 5, 2, 3, 4, 1],
    Order.WROTE: [7, 4, 2, 0, 9, 8, 6, 5, 3, 1],
}


@pytest.mark.parametrize(("window", "quick"), [(1, 0), (3, 0), (1, 60)])
@pytest.mark.parametrize("most", [2, 50])
@pytest.mark.parametrize("order", Order)
def test_everybody_is_found_once_in_each_order(
    project: Project,
    people: list[Profile],
    monkeypatch: pytest.MonkeyPatch,
    order: Order,
    most: int,
    window: int,
    quick: float,
) -> None:
    monkeypatch.setattr(paging, "WINDOW", window)
    monkeypatch.setattr(paging, "QUICK", quick)
    numbers = [people[number].pk for number in ORDERS[order]]
    tests = [people[number].pk for number in ORDERS[order] if number % 2 == 0]
    assert walked(wanted(project), order, most=most) == numbers
    assert walked(wanted(project, TESTS), order, most=most) == tests
    some = [people[number].pk for number in (1, 2, 3)]
    assert walked(wanted(project, among=some), order, most=most) == [
        number for number in numbers if number in some
    ]
    # Where a look takes too long, the rest is looked at when somebody asks for it.
    monkeypatch.setattr(paging, "LONGEST_LOOK", 0)
    assert walked(wanted(project, TESTS), order, most=most) == tests


@pytest.mark.parametrize("order", Order)
def test_a_lists_people_come_in_each_order(
    project: Project, people: list[Profile], monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    monkeypatch.setattr(paging, "WINDOW", 1)
    friends = CustomListFactory.create(pk=5, project=project)
    for number in (0, 2, 4):
        ListMemberFactory.create(custom_list=friends, profile=people[number])
    asked = wanted(project, {"on": "list", "list": 5, "is": "in"})
    in_it = [people[number].pk for number in ORDERS[order] if number in (0, 2, 4)]
    assert walked(asked, order, most=2) == in_it


def test_who_is_gone_or_not_indexed_yet_stops_no_walk(
    project: Project, people: list[Profile]
) -> None:
    newest = ProfileFactory.create(project=project, name="Aaron", email="")
    first = page_of(wanted(project), before=None, most=2, order=Order.NAME)
    assert first.numbers == [people[3].pk, people[2].pk]
    people[2].delete()
    ProfileWords.objects.filter(pk=people[2].pk).delete()
    # The place is lost with the person: those without a name follow, nobody comes twice.
    after = page_of(wanted(project), before=first.before, most=50, order=Order.NAME)
    assert set(after.numbers).isdisjoint(first.numbers)
    index_everybody()
    assert walked(wanted(project), Order.NAME, most=50)[0] == newest.pk
