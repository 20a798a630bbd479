"""What goes before an erasure: files of imports are looked through for its people, and it is
written down in the journal.

One file at a time, for all orders that wait: so however many come, each file is read once for them,
and other projects are not kept waiting.
"""

from itertools import accumulate

from django.db.models import QuerySet
from django.utils import timezone

from campaigns.audience.erasing.import_files import leave_out, next_file
from campaigns.audience.erasing.journal import write_down
from campaigns.audience.erasing.ordering import MOST
from campaigns.audience.erasing.wanted import Wanted, wanted
from campaigns.models import ErasedProfile, Erasure, Profile

MOST_ORDERS = 1_000  # that are looked up together


def prepare_some(project_id: int) -> bool:
    """One file, or the journal, in the caller's transaction. Whether more is left to do."""
    orders = _orders(project_id)
    if not orders:
        return False
    kept = next_file(project_id)
    if kept and kept.searched_to < orders[0].pk:
        leave_out(kept, _wanted(orders), searched_to=orders[-1].pk)
    else:
        _write_down([order for order in orders if not kept or order.pk <= kept.searched_to])
    return _unprepared(project_id).exists()


def _unprepared(project_id: int) -> QuerySet[Erasure]:
    return Erasure.objects.filter(project=project_id, finished_at=None, prepared_at=None)


def _orders(project_id: int) -> list[Erasure]:
    """The first, and as many others as have no more people together than one order may have. They
    have their numbers in the order in which they can be seen, as the project is held for each."""
    first = list(_unprepared(project_id).select_related("project").order_by("pk")[:MOST_ORDERS])
    sums = accumulate(order.people for order in first)
    return [order for order, people in zip(first, sums, strict=True) if people <= MOST]


def _wanted(orders: list[Erasure]) -> Wanted:
    waiting = ErasedProfile.objects.waiting().filter(erasure__in=orders)
    project = orders[0].project
    people = Profile.objects.filter(pk__in=waiting.values("profile_id"), project=project)
    named = people.values_list("identity", "email", "match_key")
    return wanted(named, country=project.default_country)


def _write_down(orders: list[Erasure]) -> None:
    for order in orders:
        write_down(order)
    Erasure.objects.filter(pk__in=[order.pk for order in orders]).update(prepared_at=timezone.now())
