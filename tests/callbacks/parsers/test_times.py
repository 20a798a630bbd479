from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from callbacks.parsers import Click, fact_as_json, parse
from callbacks.parsers.times import INDIA, local_moment, moment
from tests.callbacks.parsers.parsing import ARRIVED, PAYLOADS, only_fact

READ_AT = datetime(2022, 7, 19, 21, 9, 19, tzinfo=UTC)
CLICKED_AT = datetime(2024, 11, 5, 4, 30, 54, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1658264959000, READ_AT),
        ("1658264959000", READ_AT),
        (" 1658264959000 ", READ_AT),
        (1658264959, READ_AT),
        ("1658264959", READ_AT),
        (1658264959.0, READ_AT),
        ("1.658264959E12", READ_AT),
        (1658264959123, READ_AT.replace(microsecond=123_000)),
        ("1658264959.5", READ_AT.replace(microsecond=500_000)),
        (1420070400, datetime(2015, 1, 1, tzinfo=UTC)),
        (4102444799, datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_is_milliseconds_or_seconds_as_number_or_text(
    value: object, expected: datetime
) -> None:
    assert moment(value, otherwise=ARRIVED) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "2022-07-19 21:09:19",
        True,
        [],
        {},
        0,
        -1,
        1420070399,
        4102444800,
        10**11,
        10**400,
        "9" * 400,
        "nan",
        "inf",
        float("nan"),
        float("inf"),
        1e300,
        "1658264959000000",
        "1_658_264_959_000",
        "2022-07-19T21:09:19Z",
        "١٦٥٨٢٦٤٩٥٩",
        "0x62d71e9f",
    ],
)
def test_garbage_becomes_the_time_of_arrival(value: object) -> None:
    assert moment(value, otherwise=ARRIVED) == ARRIVED


@pytest.mark.parametrize(
    "value",
    [
        "2024-11-05 10:00:54",
        "2024-11-05T10:00:54",
        " 2024-11-05 10:00:54 ",
        "2024-11-05T04:30:54Z",
        "2024-11-05T05:30:54+01:00",
        1730781054,
        "1730781054000",
    ],
)
def test_a_local_time_is_indian_unless_it_names_its_zone(value: object) -> None:
    assert local_moment(value, zone=INDIA, otherwise=ARRIVED) == CLICKED_AT


@pytest.mark.parametrize(
    "value",
    [
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "2014-12-31 23:59:59",
        "2100-01-02 00:00:00",
        "2024-13-01 00:00:00",
        "yesterday",
        "2024-W45-2",
        "20241105",
        "2024-11-05",
        "2024-11-05 10:00",
        "1_730_781_054",
        "",
        None,
        [],
        "2" * 400,
        "2024-11-05 10:00:54" + " " * 99,
    ],
)
def test_a_local_time_out_of_range_becomes_the_time_of_arrival(value: object) -> None:
    assert local_moment(value, zone=INDIA, otherwise=ARRIVED) == ARRIVED


@pytest.mark.parametrize(("given", "said"), [("1658264959000", False), ("soon", True), ("", True)])
def test_a_fact_whose_time_is_that_of_its_arrival_says_so(given: str, said: bool) -> None:
    row = {"externalId": "12-34", "eventType": "READ", "eventTs": given}
    told = fact_as_json(only_fact([row]))
    assert told.get("at_is_arrival", False) is said


def test_the_zone_of_click_times_can_be_chosen() -> None:
    result = parse(
        (PAYLOADS / "seed/click_tracking.json").read_bytes(),
        content_type="application/json",
        query="",
        received_at=ARRIVED,
        click_zone=ZoneInfo("America/New_York"),
    )
    (fact,) = result.facts
    assert isinstance(fact, Click)
    assert fact.at == datetime(2024, 11, 5, 15, 0, 54, tzinfo=UTC)
