"""People, what became of their messages, and rules about them, invented by hypothesis.

Values of people and of rules come from one pool, so that they meet; the pool is hostile.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from campaigns.audience.segments.conditions.flags import FLAGS
from campaigns.audience.segments.conditions.messages import OUTCOMES
from campaigns.audience.segments.conditions.texts import OPERATORS as OF_TEXTS
from campaigns.audience.segments.given import KnownEvent
from campaigns.audience.segments.spans import MOST_OF, Clock
from campaigns.models import (
    Campaign,
    Conversion,
    ConversionOf,
    CustomList,
    EventKind,
    ListMember,
    Message,
    MessageKind,
    Occurrence,
    PhoneBlock,
    Profile,
    PropertyType,
    Reason,
    Run,
    Source,
    State,
    Tally,
)
from providers.models import Conversation, Project
from tests.campaigns.recount import recount_in_time
from tests.factories import CampaignFactory, CustomListFactory, RunFactory

TEXTS = st.sampled_from(
    [
        *(
            "Pune",
            "PUNE",
            "pune ",
            "Pun",
            "une",
            "Poona",
            "é",
            "É",
            "Ünal",
            "ÜNAL",
            "İ",
            "ß",
            "ΣΑΣ",
        ),
        *("σας", "Ж", "ж", "पुणे", "100%", "_", "%", "a%b", "a\\b", "\\", "'", "''; DROP", '"', "$1"),
        *(
            "%(project)s",
            "%s",
            "{}",
            ".*",
            "(a+)+$",
            "5",
            "05",
            "true",
            "null",
            "NaN",
            "2026-02-29",
        ),
        *("\ud7ff", "\U0001f600", "a\u0301", "x" * 512, "\n", "\t", "America/Nowhere"),
    ]
)
DATES = st.sampled_from(
    [
        *("2024-02-29", "2026-02-28", "2026-02-29", "2026-13-01", "0000-01-01", "9999-12-31"),
        *("1990-02-28T19:00:00Z", "1992-02-29T10:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01"),
        *("2026-03-29T01:30:00Z", "2026-03-29", "2026-03-01T00:00:00+05:30", "2026-3-1", "today"),
        *("2026-03-28T18:30:00Z", "9999-12-31T23:59:59Z", "0000-00-00", "2026-03-29 01:30", "٢٠٢٦"),
    ]
)
NUMBERS = st.sampled_from([0, -0.0, 1, 1.0, 0.1, -3, 5, 5.5, 1e15, 123456789012345, 1e-15])
ODD = st.sampled_from([None, True, False, [], ["Pune"], {}, {"a": 1}, "", " "])
ANY_VALUE = st.one_of(TEXTS, DATES, NUMBERS, ODD)
PROPERTIES = {
    "City": "text",
    "o'%s\"\\": "text",
    "Points": "number",
    "VIP": "boolean",
    "Born": "date",
    "Tags": "texts",
}
LISTS = st.lists(st.one_of(TEXTS, ODD, NUMBERS), max_size=4)
OF_TYPE = {
    "text": TEXTS,
    "number": NUMBERS,
    "boolean": st.booleans(),
    "date": DATES,
    "texts": LISTS,
}
PHONES = st.sampled_from(
    ["", "+919000011122", "+14165550123", "+12425550123", "+12125550123", "+77011234567", "+999"]
)
COUNTRIES = st.sampled_from(["IN", "US", "CA", "BS", "KZ", "DE"])

NOW = datetime(2026, 3, 29, 1, 30, 0, 500_000, tzinfo=UTC)
ALL_MOMENTS = [
    NOW,
    datetime(2026, 2, 28, 12, tzinfo=UTC),
    datetime(2024, 2, 28, 18, 30, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 28, 18, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
]
MOMENTS = st.sampled_from(ALL_MOMENTS)
ZONES = st.sampled_from(
    ["Asia/Kolkata", "UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Pacific/Apia"]
)
CLOCKS = st.builds(lambda now, zone: Clock(now, ZoneInfo(zone)), MOMENTS, ZONES)
ALL_AGES = [
    timedelta(),
    timedelta(microseconds=-1),
    timedelta(microseconds=1),
    timedelta(minutes=5),
    timedelta(hours=24),
    timedelta(days=3),
    timedelta(days=40),
    timedelta(days=-2),
    timedelta(days=29, hours=1, minutes=30, microseconds=500_000),
]
AGES = st.sampled_from(ALL_AGES)


@dataclass(frozen=True, slots=True)
class Place:
    """A project's lists and campaigns, which are the same for all examples."""

    project: Project
    lists: list[CustomList]
    runs: list[Run] = field(default_factory=list)
    kinds: list[EventKind] = field(default_factory=list)

    @classmethod
    def made(cls, project: Project) -> "Place":
        lists = [CustomListFactory.create(project=project) for _ in range(2)]
        campaigns = [CampaignFactory.create(project=project) for _ in range(2)]
        # Two runs of the first campaign, one of the second.
        runs = [RunFactory.create(campaign=campaigns[0], last_profile_id=0, number=1)]
        runs.append(RunFactory.create(campaign=campaigns[0], last_profile_id=0, number=2))
        runs.append(RunFactory.create(campaign=campaigns[1], last_profile_id=0))
        kinds = EventKind.objects.bulk_create(
            EventKind(project=project, name=name, key=name) for name in ("ordered", "o'%s\"\\")
        )
        return cls(project, lists, runs, kinds)

    @property
    def events(self) -> dict[str, KnownEvent]:
        """What is known of their properties is what is known of people's."""
        known = frozenset((name, PropertyType(kind)) for name, kind in PROPERTIES.items())
        twice = known | {("Points", PropertyType.TEXT)}
        return {kind.name: KnownEvent(kind.pk, twice) for kind in self.kinds}

    @property
    def campaigns(self) -> list[Campaign]:
        return [self.runs[0].campaign, self.runs[2].campaign]


@st.composite
def properties(draw: st.DrawFn) -> dict[str, Any]:
    """Half of the values are of their property's type, the others of any."""
    return {
        name: draw(st.one_of(OF_TYPE[kind], ANY_VALUE))
        for name, kind in PROPERTIES.items()
        if draw(st.integers(0, 3))
    }


def times(now: datetime) -> st.SearchStrategy[datetime | None]:
    return st.none() | AGES.map(lambda age: now - age)


@st.composite
def messages(draw: st.DrawFn, place: Place, profile: Profile, now: datetime) -> list[Message]:
    def message(run: Run) -> Message:
        moments = {
            name: draw(times(now))
            for name in ("sent_at", "delivered_at", "read_at", "clicked_at", "replied_at")
        }
        return Message(
            project=place.project,
            kind=draw(st.sampled_from([MessageKind.CAMPAIGN] * 3 + [MessageKind.TEST])),
            campaign=run.campaign,
            run=run,
            profile=profile,
            state=draw(st.sampled_from(State)),
            reason=draw(st.sampled_from(["", Reason.NO_PHONE, Reason.MARKETING_STOPPED])),
            created_at=now - draw(AGES),
            failed_at=draw(times(now)),
            **moments,
        )

    return [message(run) for run in place.runs if draw(st.booleans())]


@st.composite
def conversions(draw: st.DrawFn, place: Place, message: Message, now: datetime) -> list[Conversion]:
    """Of a control group, too: to that one nothing was sent."""
    return [
        Conversion(
            campaign=message.campaign,
            run=message.run,
            message=message,
            profile=message.profile,
            who=draw(st.sampled_from([ConversionOf.SENT, ConversionOf.CONTROL])),
            kind=draw(st.sampled_from(place.kinds)),
            at=now - draw(AGES),
            fingerprint=message.pk * 10 + number,
        )
        for number in range(draw(st.integers(0, 2)))
    ]


@st.composite
def occurrences(draw: st.DrawFn, place: Place, profile: Profile, now: datetime) -> list[Occurrence]:
    return [
        Occurrence(
            kind=draw(st.sampled_from(place.kinds)),
            profile=profile,
            at=now - draw(AGES),
            fingerprint=profile.pk * 100 + number,
            properties=draw(properties()),
        )
        for number in range(draw(st.integers(0, 4)))
    ]


@st.composite
def people(draw: st.DrawFn, place: Place, now: datetime) -> None:
    """Rows, in the caller's transaction."""
    project = place.project
    count = draw(st.integers(1, 6))
    profiles = Profile.objects.bulk_create(
        Profile(
            project=project,
            identity=f"{draw(TEXTS)[:200]}-{number}" if draw(st.booleans()) else str(number),
            name=draw(st.one_of(st.just(""), TEXTS))[:200],
            email=draw(st.one_of(st.just(""), TEXTS))[:254],
            language=draw(st.one_of(st.just(""), TEXTS))[:20],
            time_zone=draw(TEXTS)[:64],
            phone=draw(PHONES),
            match_key=draw(st.sampled_from([None, 1, 2, 3, 4])),
            phone_is_invalid=draw(st.booleans()),
            subscribed=draw(st.sampled_from([None, True, True, False])),
            is_test=draw(st.booleans()),
            properties=draw(properties()),
        )
        for number in range(count)
    )
    members = [
        ListMember(custom_list=one, profile=profile)
        for one in place.lists
        for profile in profiles
        if draw(st.booleans())
    ]
    ListMember.objects.bulk_create(members)
    sent = Message.objects.bulk_create(
        message for profile in profiles for message in draw(messages(place, profile, now))
    )
    Conversion.objects.bulk_create(
        one
        for message in sent
        if message.kind == MessageKind.CAMPAIGN
        for one in draw(conversions(place, message, now))
    )
    for run in place.runs:
        if draw(st.booleans()):
            _count(run)
    Occurrence.objects.bulk_create(
        one for profile in profiles for one in draw(occurrences(place, profile, now))
    )
    for key in draw(st.sets(st.integers(1, 4))):
        PhoneBlock.objects.create(
            project=project,
            match_key=key,
            blocked=draw(st.booleans()),
            marketing_stopped=draw(st.booleans()),
            own_word=draw(st.booleans()),
            source=Source.KEYWORD,
        )
    for key in draw(st.sets(st.integers(1, 4))):
        Conversation.objects.create(
            project=project,
            match_key=key,
            last_inbound_at=draw(times(now)),
            window_until=draw(times(now)),
            is_unread=draw(st.booleans()),
        )


DAYS = st.sampled_from(["2026-03-29", "2026-02-28", "2024-02-29", "1900-01-01", "2199-12-31"])
TWO_DAYS = st.tuples(DAYS, DAYS).map(sorted)
AMOUNTS = st.sampled_from([1, 2, 3, 24, 29, 30, 1000])
UNITS = st.sampled_from(list(MOST_OF))


def of(**parts: st.SearchStrategy[Any] | Any) -> st.SearchStrategy[dict[str, Any]]:
    fixed = {
        key: value if isinstance(value, st.SearchStrategy) else st.just(value)
        for key, value in parts.items()
    }
    return st.fixed_dictionaries(fixed)


WHENS = of(last=AMOUNTS, unit=UNITS) | of(between=TWO_DAYS)


def with_when(
    condition: st.SearchStrategy[dict[str, Any]], *, may_end: bool
) -> st.SearchStrategy[dict[str, Any]]:
    whens = WHENS if may_end else of(last=AMOUNTS, unit=UNITS)
    return condition | st.builds(lambda one, when: {**one, "when": when}, condition, whens)


RULE_TEXTS = TEXTS.filter(str.strip)
WHOSE_TEXT = of(field=st.sampled_from(["name", "email", "identity", "language"])) | of(
    property=st.sampled_from(["City", "o'%s\"\\"])
)
TEXT_TESTS = (
    of(**{"is": st.sampled_from(list(OF_TEXTS)), "value": RULE_TEXTS})
    | of(**{"is": "one_of", "values": st.lists(RULE_TEXTS, min_size=1, max_size=4)})
    | of(**{"is": st.sampled_from(["set", "not_set"])})
)
NUMBERS_COMPARED = of(
    **{
        "is": st.sampled_from(["equals", "does_not_equal", "less", "at_most", "more", "at_least"]),
        "value": NUMBERS,
    }
) | st.tuples(NUMBERS, NUMBERS).map(lambda two: {"is": "between", "from": min(two), "to": max(two)})
NUMBER_TESTS = NUMBERS_COMPARED | of(**{"is": st.sampled_from(["set", "not_set"])})
DATE_TESTS = (
    of(**{"is": st.sampled_from(["on", "before", "after"]), "value": DAYS})
    | of(**{"is": "between", "values": TWO_DAYS})
    | of(
        **{
            "is": st.sampled_from(["in_last", "earlier_than", "in_next"]),
            "amount": AMOUNTS,
            "unit": UNITS,
        }
    )
    | of(**{"is": "anniversary", "in_days": st.sampled_from([0, 1, 2, 29, 365])})
    | of(**{"is": "anniversary_in_next", "days": st.sampled_from([1, 6, 31])})
    | of(**{"is": st.sampled_from(["set", "not_set"])})
)

LIST_TESTS = of(
    **{
        "is": st.sampled_from(["any_of", "all_of", "none_of"]),
        "values": st.lists(RULE_TEXTS, min_size=1, max_size=3),
    }
) | of(**{"is": st.sampled_from(["set", "not_set"])})
COUNTRY_TESTS = (
    of(**{"is": st.sampled_from(["equals", "does_not_equal"]), "value": COUNTRIES})
    | of(**{"is": "one_of", "values": st.lists(COUNTRIES, min_size=1, max_size=3)})
    | of(**{"is": st.sampled_from(["set", "not_set"])})
)


def both(
    one: st.SearchStrategy[dict[str, Any]], other: st.SearchStrategy[dict[str, Any]], on: str
) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda a, b: {"on": on, **a, **b}, one, other)


WHERE = (
    both(of(property=st.sampled_from(["City", "o'%s\"\\"])), TEXT_TESTS, "text")
    | both(of(property="Points"), NUMBER_TESTS, "number")
    | of(on="text", property="Points", value="5", **{"is": "equals"})
    | of(on="boolean", property="VIP", **{"is": st.sampled_from(["yes", "no", "not_set"])})
    | both(of(property="Born"), DATE_TESTS, "date")
    | both(of(property="Tags"), LIST_TESTS, "texts")
)
COUNTED = of(
    times=st.integers(1, 3), **{"is": st.sampled_from(["at_least", "at_most", "exactly"])}
) | of(times=0, **{"is": st.sampled_from(["at_most", "exactly"])})
SUMMED = of(
    property="Points",
    that=NUMBERS_COMPARED,
    **{"is": st.sampled_from(["sum", "average"])},
)


def of_events(place: Place) -> st.SearchStrategy[dict[str, Any]]:
    about = of(event=st.sampled_from([kind.name for kind in place.kinds]))
    measures = of(**{"is": st.sampled_from(["did", "did_not"])}) | COUNTED | SUMMED
    ever = both(about, measures, "event")
    first = both(about, of(**{"is": "first"}), "event")
    spanned = st.builds(lambda one, when: {**one, "when": when}, first, WHENS)
    some = with_when(ever, may_end=True) | spanned
    where = st.lists(WHERE, max_size=2)
    return some | st.builds(lambda one, where: {**one, "where": where}, some, where)


def conditions(place: Place, segments: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    campaigns = [campaign.pk for campaign in place.campaigns]
    about = of(on="campaign", what=st.sampled_from(list(OUTCOMES)), **{"is": DID})
    one_campaign = st.builds(
        lambda one, campaign: {**one, "campaign": campaign}, about, st.sampled_from(campaigns)
    )
    for_a_reason = of(
        on="campaign",
        what=st.sampled_from(["suppressed", "failed"]),
        reason=st.sampled_from([Reason.NO_PHONE.value, Reason.MARKETING_STOPPED.value]),
        **{"is": DID},
    )
    every = (
        both(WHOSE_TEXT, TEXT_TESTS, "text")
        | both(of(property="Points"), NUMBER_TESTS, "number")
        | of(on="boolean", property="VIP", **{"is": st.sampled_from(["yes", "no", "not_set"])})
        | both(of(property="Born"), DATE_TESTS, "date")
        | both(of(property="Tags"), LIST_TESTS, "texts")
        | both(st.just({}), COUNTRY_TESTS, "country")
        | of(on="reachability", **{"is": st.sampled_from(REACHES)})
        | of(on="flag", what=st.sampled_from(list(FLAGS)), **{"is": YES_OR_NO})
        | of(on="flag", what="opted_in", **{"is": "not_set"})
        | of(on="list", list=st.sampled_from([one.pk for one in place.lists]), **{"is": IN})
        | with_when(about | one_campaign | for_a_reason, may_end=True)
        | of_events(place)
        | with_when(of(on="conversation", what="wrote", **{"is": SO}), may_end=False)
        | of(on="conversation", what=st.sampled_from(["window_open", "unread"]), **{"is": SO})
    )
    if segments:
        every |= of(on="segment", segment=st.sampled_from(segments), **{"is": IN})
    return every


DID, IN, SO, YES_OR_NO = (
    st.sampled_from(pair)
    for pair in (["did", "did_not"], ["in", "not_in"], ["so", "not_so"], ["yes", "no"])
)
REACHES = [
    *("sendable", "no_phone", "invalid_phone", "not_subscribed", "number_blocked"),
    "marketing_stopped",
]


def rules(place: Place, segments: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    one = conditions(place, segments)

    def group(members: st.SearchStrategy[Any], *, least: int = 1) -> st.SearchStrategy[Any]:
        some = st.lists(members, min_size=least, max_size=4)
        return of(match=st.sampled_from(["all", "any"]), conditions=some)

    nested = group(one | group(one | group(one)), least=0)
    return nested.map(lambda rule: {"version": 1, **rule})


def _count(run: Run) -> None:
    """What the moves of its messages would have counted."""
    numbers = recount_in_time(Message.objects.filter(run=run))
    Tally.objects.bulk_create(
        Tally(run=run, name=name, variant_id=variant, quarter=quarter, n=n)
        for (name, variant, quarter), n in numbers.items()
    )
