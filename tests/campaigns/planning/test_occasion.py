"""What sets off a live campaign: read strictly, said in a sentence, and at allowed times."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.rules import Statement
from campaigns.models import Campaign
from campaigns.planning.allowed_moments import after_quiet_hours, first_allowed
from campaigns.planning.occasion import (
    BOTH_HOURS,
    NO_DELAY,
    NO_HOURS,
    NO_WEEKDAY,
    THE_SAME,
    TOO_LONG,
    TOO_OFTEN,
    Deed,
    Entry,
    Occasion,
    mistakes,
)
from campaigns.planning.occasion_document import (
    OWN_EVENT,
    UNREADABLE,
    OccasionError,
    as_document,
    read_occasion,
)
from campaigns.planning.occasion_events import awaited_by
from campaigns.planning.occasion_words import in_words
from campaigns.planning.units_of_time import span_words
from providers.models import Project
from tests.campaigns.living import CART, ORDER, draft
from tests.factories import CampaignFactory, EventKindFactory

CART_LEFT = {"event": CART}
STEP = timedelta(minutes=7)
ZONES = ("Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")

times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
occasions = st.builds(
    lambda did, again, minutes, unless, weekdays, hours: Occasion(
        did=did,
        delay=timedelta(minutes=minutes),
        unless=Deed(ORDER) if unless and minutes else None,
        again=again and timedelta(hours=again),
        weekdays=frozenset(weekdays),
        since=hours and hours[0],
        until=hours and hours[1],
    ),
    did=st.sampled_from([Deed(CART), Entry(7), Deed("Notification Viewed", of=7)]),
    again=st.none() | st.integers(1, 8760),
    minutes=st.integers(0, 90 * 24 * 60),
    unless=st.booleans(),
    weekdays=st.sets(st.integers(1, 7), min_size=1),
    hours=st.none() | st.tuples(times, times).filter(lambda pair: pair[0] != pair[1]),
)


@given(occasions)
def test_what_is_written_is_read_as_it_was(occasion: Occasion) -> None:
    assert read_occasion(as_document(occasion)) == occasion


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, UNREADABLE),
        ([], UNREADABLE),
        ("live", UNREADABLE),
        ({}, UNREADABLE),
        ({"did": CART}, UNREADABLE),
        ({"did": {"event": ""}}, UNREADABLE),
        ({"did": {"event": CART, "how": 1}}, UNREADABLE),
        ({"did": {"event": CART, "where": {}}}, UNREADABLE),
        ({"did": {"event": CART, "where": [1]}}, UNREADABLE),
        ({"did": {"event": CART, "where": [{}] * 6}}, UNREADABLE),
        ({"did": CART_LEFT, "colour": "red"}, UNREADABLE),
        ({"did": CART_LEFT, "delay_minutes": "5"}, UNREADABLE),
        ({"did": CART_LEFT, "delay_minutes": True}, UNREADABLE),
        ({"did": CART_LEFT, "delay_minutes": 10**400}, UNREADABLE),
        ({"did": CART_LEFT, "weekdays": [0]}, UNREADABLE),
        ({"did": CART_LEFT, "since": "25:00", "until": "26:00"}, UNREADABLE),
        ({"did": CART_LEFT, "since": "09:00:01", "until": "10:00"}, UNREADABLE),
        ({"did": CART_LEFT, "delay_minutes": 91 * 24 * 60}, TOO_LONG),
        ({"did": CART_LEFT, "delay_minutes": -1}, TOO_LONG),
        ({"did": CART_LEFT, "unless": {"event": ORDER}}, NO_DELAY),
        ({"did": CART_LEFT, "unless": CART_LEFT, "delay_minutes": 1}, THE_SAME),
        ({"did": CART_LEFT, "again_hours": 0}, TOO_OFTEN),
        ({"did": CART_LEFT, "again_hours": 8761}, TOO_OFTEN),
        ({"did": CART_LEFT, "weekdays": []}, NO_WEEKDAY),
        ({"did": CART_LEFT, "since": "09:00"}, BOTH_HOURS),
        ({"did": CART_LEFT, "since": "09:00", "until": "09:00"}, NO_HOURS),
        ({"did": {"event": "Notification Sent"}}, OWN_EVENT.format("Notification Sent")),
        ({"did": {"event": "notification replied"}}, OWN_EVENT.format("notification replied")),
        ({"did": {"event": "notification sent", "of": 7}}, UNREADABLE),
        ({"did": {"event": CART, "of": 7}}, UNREADABLE),
        ({"did": {"event": "Notification Sent", "of": "7"}}, UNREADABLE),
        ({"did": {"event": "Notification Sent", "of": 10**400}}, UNREADABLE),
        ({"did": CART_LEFT, "entered": 7}, UNREADABLE),
        ({"entered": "7"}, UNREADABLE),
        ({"entered": True}, UNREADABLE),
        ({"entered": 10**400}, UNREADABLE),
    ],
)
def test_what_is_wrong_has_its_words(document: Any, words: str) -> None:
    with pytest.raises(OccasionError) as refused:
        read_occasion(document)
    assert str(refused.value) == words


def test_each_mistake_stands_at_its_field() -> None:
    occasion = Occasion(
        did=Deed(CART), delay=timedelta(days=91), again=timedelta(), weekdays=frozenset()
    )
    fields = [mistake.field for mistake in mistakes(occasion)]
    assert fields == ["delay", "again", "on_weekdays"]


@pytest.mark.django_db
def test_a_filter_of_something_else_is_refused(project: Project) -> None:
    campaign = draft(project)
    where = [{"on": "number", "property": "Amount", "is": "more", "value": 5}]
    campaign.occasion = {"did": {"event": CART, "where": where}}
    with pytest.raises(OccasionError, match="There is no property “Amount”"):
        awaited_by(campaign)


# Words --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_said_in_sentences(project: Project) -> None:
    kind = EventKindFactory.create(project=project, name=CART, key="cartleft")
    kind.properties.create(name="Amount", type="number")
    campaign = draft(
        project,
        did=Deed(CART, ({"on": "number", "property": "Amount", "is": "more", "value": 500},)),
        delay=timedelta(hours=2),
        unless=Deed(ORDER),
        weekdays=frozenset({1, 2}),
        since=time(9),
        until=time(20, 30),
    )
    what, waits = (
        "“Cart left” where Amount is more than 500",
        "whoever is due at another time waits",
    )
    assert in_words(*awaited_by(campaign), clock="Asia/Kolkata") == [
        f"2 hours after somebody did {what}, if they did not do “Order placed” meanwhile.",
        "At most once in 1 day for the same person.",
        f"Only on Monday and Tuesday from 09:00 until 20:30 (Asia/Kolkata); {waits}.",
    ]
    at_once = draft(project, again=None)
    assert in_words(*awaited_by(at_once), clock="Asia/Kolkata") == [
        "As soon as somebody did “Cart left”.",
        "Nobody gets it twice.",
    ]


@pytest.mark.django_db
def test_what_becomes_of_messages_is_said_in_sentences(project: Project) -> None:
    sale = CampaignFactory.create(project=project, name="Sale")
    where = ({"on": "text", "property": "Variant", "is": "equals", "value": "A"},)
    campaign = draft(
        project,
        did=Deed("Notification Delivered", where, sale.pk),
        delay=timedelta(days=1),
        unless=Deed("Notification Viewed", of=sale.pk),
    )
    said = in_words(*awaited_by(campaign), clock="UTC", campaigns={sale.pk: "Sale"})
    assert said[0] == (
        "1 day after somebody had a message of “Sale” delivered where Variant is “A”, if they"
        " viewed no message of “Sale” meanwhile."
    )
    entered = in_words(Occasion(did=Entry(7)), "VIPs", None, clock="UTC")
    assert entered[0] == "As soon as somebody has come into the segment “VIPs”."


def test_spans_are_said_exactly() -> None:
    spans = [timedelta(minutes=m) for m in (1, 90, 60, 1440, 1500, 2880)]
    words = ["1 minute", "90 minutes", "1 hour", "1 day", "25 hours", "2 days"]
    assert [span_words(span) for span in spans] == words


# Allowed moments ----------------------------------------------------------------------------------


def asked(sql: str, statement: Statement) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", statement.parameters)
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)
    return moment


def is_allowed(moment: datetime, occasion: Occasion, zone: ZoneInfo) -> bool:
    """By the clock on the wall, day by day."""
    local = moment.astimezone(zone)
    for day in (local.date() - timedelta(days=1), local.date()):
        since, until = occasion.since or time(), occasion.until or time()
        over = occasion.since is None or until < since
        begins = datetime.combine(day, since, tzinfo=zone).astimezone(UTC)
        ends = datetime.combine(day + timedelta(days=over), until, tzinfo=zone).astimezone(UTC)
        if day.isoweekday() in occasion.weekdays and begins <= moment < ends:
            return True
    return False


@pytest.mark.django_db
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    occasion=occasions,
    moment=st.builds(
        lambda month, minutes: datetime(2026, month, 2, tzinfo=UTC) + timedelta(minutes=minutes),
        st.sampled_from([1, 6]),
        st.integers(0, 20 * 24 * 60),
    ),
    zone=st.sampled_from(ZONES),
)
def test_whoever_is_due_waits_for_the_first_allowed_moment(
    project: Project, occasion: Occasion, moment: datetime, zone: str
) -> None:
    """Away from the hours in which clocks change: no two agree what lies in those."""
    statement = Statement(clock_of(project))
    place = statement.value(zone)
    found = asked(
        first_allowed(f"{statement.value(moment)}::timestamptz", occasion, zone=place), statement
    )
    assert found >= moment
    assert is_allowed(found, occasion, ZoneInfo(zone)) or not occasion.is_limited
    passed = (moment + n * STEP for n in range(-(-(found - moment) // STEP)))
    assert not any(is_allowed(one, occasion, ZoneInfo(zone)) for one in passed)


# When clocks change: forward and back by an hour, and by half an hour.
NIGHTS = (
    ("Europe/Berlin", "2027-03-28T01:00Z"),
    ("Europe/Berlin", "2027-10-31T01:00Z"),
    ("America/New_York", "2027-03-14T07:00Z"),
    ("America/New_York", "2027-11-07T06:00Z"),
    ("Australia/Lord_Howe", "2027-10-02T15:30Z"),
    ("Australia/Lord_Howe", "2027-04-03T15:00Z"),
)
HOURS = (("02:30", "03:15"), ("02:10", "02:20"), ("01:45", "02:15"), ("22:00", "02:05"))


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "change"), NIGHTS)
@pytest.mark.parametrize(("since", "until"), HOURS)
def test_a_delay_over_a_clock_change_ends_in_allowed_hours(
    project: Project, zone: str, change: str, since: str, until: str
) -> None:
    """By the clock on the wall; and the delay is as long as on any other day."""
    hours = (time.fromisoformat(since), time.fromisoformat(until))
    occasion = Occasion(did=Deed(CART), since=hours[0], until=hours[1])
    a_day = timedelta(days=1)
    due = [datetime.fromisoformat(change) + n * STEP for n in range(-30, 30)]
    statement = Statement(clock_of(project))
    events, place = statement.value([one - a_day for one in due]), statement.value(zone)
    later = f"(event.at + {statement.value(a_day)}::interval)"

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {first_allowed(later, occasion, zone=place)}"
            f" FROM unnest({events}::timestamptz[]) WITH ORDINALITY AS event (at, n) ORDER BY n",
            statement.parameters,
        )
        found = [moment for (moment,) in cursor.fetchall()]

    clock = ZoneInfo(zone)
    assert all(one <= other for one, other in zip(due, found, strict=True))
    assert all(shows_allowed(one.astimezone(clock).time(), *hours) for one in found)
    at_once = [one for one in due if shows_allowed(one.astimezone(clock).time(), *hours)]
    assert [one for one, other in zip(due, found, strict=True) if one == other] == at_once
    assert max(other - one for one, other in zip(due, found, strict=True)) < 2 * a_day


def shows_allowed(now: time, since: time, until: time) -> bool:
    return since <= now < until if since < until else now >= since or now < until


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "end"),
    [("20:59", "20:59"), ("21:00", "09:00"), ("23:30", "09:00"), ("08:59", "09:00"),
     ("09:00", "09:00")],
)  # fmt: skip
def test_what_waits_in_quiet_hours_is_not_too_late(project: Project, moment: str, end: str) -> None:
    zone = ZoneInfo("Asia/Kolkata")
    campaign = Campaign(project=project, quiet_from=time(21), quiet_until=time(9))
    at = datetime.combine(date(2026, 5, 5), time.fromisoformat(moment), tzinfo=zone)
    statement = Statement(clock_of(project))
    sql = after_quiet_hours(
        f"{statement.value(at)}::timestamptz",
        campaign,
        statement,
        zone=statement.value("Asia/Kolkata"),
    )
    found = asked(sql, statement)
    assert f"{found.astimezone(zone):%H:%M}" == end
    assert timedelta() <= found - at <= timedelta(hours=12)
