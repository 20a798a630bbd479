"""What the pages of people cost: a page of the list under three filters, of which half and of which
few are so; all whom they find, counted; the slowest of four searches; a list of everybody, and it
united with itself; opting half of them out and taking that back; a property of everybody renamed;
1,000 people erased who have four messages each; how much slower messages go out beside that.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection
from django.test import override_settings

from campaigns.audience.changing import walking
from campaigns.audience.changing.ordering import change_people
from campaigns.audience.changing.undoing import undo_change
from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.audience.erasing.ordering import erase
from campaigns.audience.filling_lists import list_of, put_into
from campaigns.audience.filtering import Wanted, count
from campaigns.audience.paging import page_of
from campaigns.audience.property_changes import walking as property_walking
from campaigns.audience.property_changes.ordering import rename_property
from campaigns.audience.searching import search
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import read_rule
from campaigns.audience.source import EVERYBODY, members_of
from campaigns.models import (
    Campaign,
    CampaignStatus,
    MessageKind,
    PeopleChange,
    Profile,
    ProfileProperty,
    PropertyType,
    Run,
    State,
)
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.benchmarks.beside import say_slowdown
from tests.benchmarks.measuring import say
from tests.benchmarks.people import make_campaign, make_project
from tests.benchmarks.segments import MESSAGES
from tests.campaigns.audience.words.indexing import index_everybody

AGAIN, RUNS, ERASED, A_PAGE = 5, 40, 1_000, 50
AS_LONG_AS_IT_TAKES = 3_600.0  # seconds
SENT = 25_000  # messages beside erasing: longer than it may take
KEY = "of a benchmark, as long as one should be"
TABLES = "campaigns_profile, campaigns_profilewords, campaigns_message"
# Everybody's name; that of some; phones, and identities, that begin like this.
SEARCHES = ("asha", "asha 99", "+9170", "customer-12")
OPTED_IN = {"on": "flag", "what": "opted_in", "is": "yes"}
HALF = [
    {"on": "number", "property": "points", "is": "more", "value": 249},
    {"on": "text", "property": "city", "is": "equals", "value": "Pune"},
    OPTED_IN,
]
FEW = [
    {"on": "number", "property": "points", "is": "equals", "value": 7},
    {"on": "text", "property": "shop", "is": "equals", "value": "s7"},
    OPTED_IN,
]


def run(size: int) -> None:
    project = _filled(size)
    half, few = _wanted(project, HALF), _wanted(project, FEW)
    figures = {
        "page_half_ms": _median_ms(lambda: page_of(half, before=None, most=A_PAGE)),
        "page_few_ms": _median_ms(lambda: page_of(few, before=None, most=A_PAGE)),
        "count_half_ms": _median_ms(lambda: count(half)),
        "search_ms": max(_median_ms(partial(search, project, text)) for text in SEARCHES),
        **_list(project),
        **_opt_out(project, half),
        "rename_s": _seconds(lambda: _rename(project)),
        **_erase(project),
    }
    print(", ".join(f"{name} {value:,.2f}" for name, value in figures.items()))
    say("profiles", size=size, **figures)
    _say_beside(project, size)


def _filled(size: int) -> Project:
    project = make_project(people=size, rate=80)
    kinds = {"city": PropertyType.TEXT, "points": PropertyType.NUMBER, "shop": PropertyType.TEXT}
    ProfileProperty.objects.bulk_create(
        ProfileProperty(project=project, name=name, type=kind) for name, kind in kinds.items()
    )
    campaign = make_campaign(project)
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.COMPLETED)
    Run.objects.bulk_create(
        Run(campaign=campaign, number=number, last_profile_id=0) for number in range(1, RUNS + 1)
    )
    known = {"project": project.pk, "campaign": campaign.pk}
    index_everybody()
    with connection.cursor() as cursor:
        cursor.execute(MESSAGES, {**known, "kind": MessageKind.CAMPAIGN, "state": State.READ})
        cursor.execute(f"VACUUM ANALYZE {TABLES}")
        cursor.execute("CHECKPOINT")
    return project


def _wanted(project: Project, conditions: list[dict[str, Any]]) -> Wanted:
    document = {"version": 1, "match": "all", "conditions": conditions}
    return Wanted(project, read_rule(document, known_of(project)))


def _list(project: Project) -> dict[str, float]:
    started = time.monotonic()
    everybody = list_of(project, "Everybody", EVERYBODY, by=SYSTEM)
    made = time.monotonic() - started
    again = members_of(everybody.pk)
    return {"list_s": made, "unite_s": _seconds(lambda: put_into(everybody, again, by=SYSTEM))}


def _opt_out(project: Project, wanted: Wanted) -> dict[str, float]:
    """The order alone is what somebody waits for."""
    seen, what = count(wanted), PeopleChange.What.OPT_OUT
    started = time.monotonic()
    change = change_people(project, what, wanted.source, seen=seen, by=SYSTEM)
    ordered = time.monotonic() - started
    walked = _seconds(lambda: walking.carry_out(seconds=AS_LONG_AS_IT_TAKES))
    undo_change(change, by=SYSTEM)
    undone = _seconds(lambda: walking.carry_out(seconds=AS_LONG_AS_IT_TAKES))
    return {"order_s": ordered, "opt_out_s": walked, "undo_s": undone}


def _rename(project: Project) -> None:
    shop = ProfileProperty.objects.get(project=project, name="shop")
    rename_property(shop, "branch", by=SYSTEM)
    property_walking.carry_out(seconds=AS_LONG_AS_IT_TAKES)


def _erase(project: Project) -> dict[str, float]:
    people = Profile.objects.of(project).filter(pk__in=_some(project))
    with override_settings(ERASURE_KEY=KEY):
        ordered = _seconds(lambda: erase(project, people, by=SYSTEM))
        return {"erase_order_s": ordered, "erase_1000_s": _seconds(carry_out)}


def _say_beside(project: Project, size: int) -> None:
    """Messages go out for longer than erasing takes."""
    took = list[float]()
    with override_settings(ERASURE_KEY=KEY):
        say_slowdown("erase_beside", partial(_erasing, project, took), size=size, sent=SENT)
    print(f"{ERASED:,} people erased beside it in {max(took):.1f} s at the most")


@contextmanager
def _erasing(project: Project, took: list[float]) -> Iterator[None]:
    erase(project, Profile.objects.of(project).filter(pk__in=_some(project)), by=SYSTEM)

    def timed() -> None:
        try:
            took.append(_seconds(carry_out))
        finally:
            connection.close()

    thread = threading.Thread(target=timed)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _some(project: Project) -> list[int]:
    """Here and there, as people are who write to you."""
    numbers = Profile.objects.of(project).order_by("pk").values_list("pk", flat=True)
    every = max(numbers.count() // ERASED, 1)
    return list(numbers[::every])[:ERASED]


def _median_ms(act: Callable[[], object]) -> float:
    return statistics.median(_seconds(act) for _ in range(AGAIN)) * 1_000


def _seconds(act: Callable[[], object]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started
