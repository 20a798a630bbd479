"""How the list of people is looked at: its order, and properties as columns of their own."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict

from campaigns.audience.imports.property_names import LONGEST_NAME
from campaigns.audience.paging import Order
from campaigns.audience.people_views import MOST_COLUMNS
from campaigns.audience.segments.conditions.values import value_words
from campaigns.models import Profile, ProfileProperty
from providers.models import Project

ORDER, COLUMN = "order", "col"
LONGEST_SHOWN = 60
ORDERS = {
    Order.NEWEST: "Newest first",
    Order.OLDEST: "Oldest first",
    Order.WROTE: "Who wrote last first",
    Order.NAME: "Names from A to Z",
    Order.NAME_DOWN: "Names from Z to A",
}


@dataclass(frozen=True, slots=True)
class Look:
    order: Order = Order.NEWEST
    columns: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """As they stand in an address."""
        order = [(ORDER, self.order.value)] if self.order != Order.NEWEST else []
        return order + [(COLUMN, name) for name in self.columns]


USUAL = Look()


def look_in(given: QueryDict, project: Project) -> Look:
    """What is no order and no property of the project is passed by."""
    asked = given.get(ORDER, "")
    order = Order(asked) if asked in ORDERS else Order.NEWEST
    names = [name for name in given.getlist(COLUMN) if len(name) <= LONGEST_NAME]
    names = list(dict.fromkeys(names))[:MOST_COLUMNS]
    if names:
        known = ProfileProperty.objects.filter(project=project, name__in=names)
        there = set(known.values_list("name", flat=True))
        names = [name for name in names if name in there]
    return Look(order, tuple(names))


def column(name: str) -> Callable[[Profile], str]:
    """Of the list: what somebody has as this property."""

    def shown(profile: Profile) -> str:
        found = profile.properties.get(name)
        return "–" if found in (None, "") else value_words(found, longest=LONGEST_SHOWN)

    shown.short_description = name  # type: ignore[attr-defined]
    return shown
