"""An event over the days and by the values of its properties, as programs of CleverTap's ask."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from providers.models import Project
from tests.factories import ProjectFactory
from tests.providers.api.clevertap_calls import call, fault_of, program_of

pytestmark = pytest.mark.django_db

TRENDS, TOP = "/1/counts/trends.json", "/1/counts/top.json"
STEPS = {step: {"trend_type": step} for step in ("daily", "weekly", "monthly")}
SPAN = {"from": -60, "to": 1}
CITY: dict[str, object] = {"property_type": "event_properties", "name": "City"}


@pytest.fixture
def shop(project: Project) -> Client:
    return program_of(project)


def two_days(project: Project) -> list[datetime]:
    """Noons of the project's zone in two weeks and two months, whatever day it is."""
    noon = timezone.now().astimezone(ZoneInfo(project.time_zone)).replace(hour=12, minute=0)
    return [noon - timedelta(days=ago) for ago in (41, 1)]


def query(**more: object) -> dict[str, object]:
    today = timezone.now()
    span = {name: int(f"{today + timedelta(days=days):%Y%m%d}") for name, days in SPAN.items()}
    return {"event_name": "order PLACED", **span, **more}


def sell(caller: Client, *orders: tuple[str, datetime, dict[str, object]]) -> None:
    records = [
        {
            "type": "event",
            "identity": identity,
            "evtName": "Order placed",
            "ts": int(at.timestamp()) + number,
            "evtData": data,
        }
        for number, (identity, at, data) in enumerate(orders)
    ]
    assert call(caller, "/1/upload", {"d": records}).json()["status"] == "success"


def told(caller: Client, address: str, **body: object) -> Any:
    answer = call(caller, address, query(**body))
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def days(project: Project, shop: Client) -> list[datetime]:
    """On which three orders came."""
    first, last = days = two_days(project)
    sell(
        shop,
        ("c-1", first, {"Amount": 10, "City": "Pune", "Gift": True}),
        ("c-1", first, {"Amount": 20.5, "City": "Agra"}),
        ("c-2", last, {"City": "Pune", "Tags": ["a", "b"]}),
    )
    sell(program_of(ProjectFactory.create()), ("c-1", first, {"Amount": 10, "City": "Goa"}))
    return days


def test_an_event_is_counted_by_days_weeks_and_months(shop: Client, days: list[datetime]) -> None:
    counts = {"daily": "%Y%m%d", "weekly": "%G%V", "monthly": "%Y%m"}
    assert told(shop, TRENDS, groups=STEPS) == {
        "status": "success",
        **{
            step: {f"{days[0]:{written}}": 2, f"{days[1]:{written}}": 1}
            for step, written in counts.items()
        },
    }
    first, last = (f"{day:%Y%m%d}" for day in days)
    daily = {"foo": STEPS["daily"]}
    assert told(shop, TRENDS, groups=daily, unique=True)["foo"] == {first: 1, last: 1}
    summed = told(shop, TRENDS, groups=daily, sum_event_prop="Amount")["foo"]
    assert summed == {first: 30.5, last: 0}
    pune = [{"name": "City", "operator": "equals", "value": "Pune"}]
    assert told(shop, TRENDS, groups=daily, event_properties=pune)["foo"] == {first: 1, last: 1}
    assert told(shop, TRENDS, groups=daily, event_name="Never")["foo"] == {}


@pytest.mark.usefixtures("days")
def test_values_of_a_property_come_by_how_often_they_are_there(shop: Client) -> None:
    groups: dict[str, dict[str, object]] = {
        "cities": CITY,
        "first": {**CITY, "top_n": 1},
        "rarest": {**CITY, "order": "asc", "top_n": 1},
        "gifts": {**CITY, "name": "Gift"},
        "tags": {**CITY, "name": "Tags"},
        "nothing": {**CITY, "name": "Nothing"},
    }
    assert told(shop, TOP, groups=groups) == {
        "status": "success",
        "cities": {"STR": {"Pune": 2, "Agra": 1}},
        "first": {"STR": {"Pune": 2}},
        "rarest": {"STR": {"Agra": 1}},
        "gifts": {"STR": {"true": 1}},
        "tags": {"STR": {}},
        "nothing": {"STR": {}},
    }


DAILY = {"foo": STEPS["daily"]}


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (TRENDS, {}),
        (TRENDS, {"groups": {}}),
        (TRENDS, {"groups": []}),
        (TRENDS, {"groups": {"foo": "daily"}}),
        (TRENDS, {"groups": {"foo": {}}}),
        (TRENDS, {"groups": {"foo": {"trend_type": "hourly"}}}),
        (TRENDS, {"groups": {"foo": {"trend_type": "daily", "top_n": 5}}}),
        (TRENDS, {"groups": {"status": STEPS["daily"]}}),
        (TRENDS, {"groups": {str(n): STEPS["daily"] for n in range(11)}}),
        (TRENDS, {"groups": DAILY, "unique": "yes"}),
        (TRENDS, {"groups": DAILY, "to": 5}),
        (TRENDS, {"groups": DAILY, "from": 20200101}),
        (TRENDS, {"groups": DAILY, "event_name": None}),
        (TRENDS, {"groups": DAILY, "sum_event_prop": "\0"}),
        (TRENDS, {"groups": DAILY, "common_profile_properties": {}}),
        (TOP, {"groups": {"foo": {"name": "City"}}}),
        (TOP, {"groups": {"foo": {**CITY, "property_type": "geo_fields"}}}),
        (TOP, {"groups": {"foo": {**CITY, "top_n": 0}}}),
        (TOP, {"groups": {"foo": {**CITY, "top_n": 101}}}),
        (TOP, {"groups": {"foo": {**CITY, "order": "up"}}}),
        (TOP, {"groups": {"foo": {**CITY, "name": "\0"}}}),
        (TOP, {"groups": {"foo": CITY}, "unique": True}),
    ],
    ids=str,
)
@pytest.mark.usefixtures("days")
def test_what_is_not_known_is_refused(address: str, body: dict[str, Any], shop: Client) -> None:
    assert fault_of(call(shop, address, query(**body)))[0] == 400
