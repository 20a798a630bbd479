from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.values import sandbox
from templates_app.values.cleaning import clean
from templates_app.values.filters import FILTERS
from templates_app.values.personalization import (
    MissingPropertyError,
    OverlongTextError,
    PersonalizationError,
    compile_text,
)

ASHA: dict[str, Any] = {
    "name": "Asha Rao",
    "pale": " \u200b ",
    "nothing": None,
    "points": 120,
    "vip": True,
    "left": False,
    "price": 12.5,
    "joined": "2026-03-05",
    "tags": ["tea", "cups"],
    "none_of": [],
    "First Name": "Asha",
    "address": {"city": "Pune", "street": ""},
    "sly": "{{ profile.name }} {{1}} {% if %}",
}


def render(source: str, profile: dict[str, Any] = ASHA) -> str:
    return compile_text(source).render(profile)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("no property", "no property"),
        ("{{ profile.name }}", "Asha Rao"),
        ("{{profile.name}}", "Asha Rao"),
        ("Dear {{ profile.name }}, you have {{ profile.points }}.", "Dear Asha Rao, you have 120."),
        ('{{ profile.name | default: "there" }}', "Asha Rao"),
        ('{{ profile.nick | default: "there" }}', "there"),
        ("{{ profile.nick | default: 'there' }}", "there"),
        ('{{ profile.pale | default: "there" }}', "there"),
        ('{{ profile.nothing | default: "there" }}', "there"),
        ('{{ profile.none_of | default: "there" }}', "there"),
        ('{{ profile.left | default: "there" }}', "there"),
        ("{{ profile.nick | default: profile.name }}", "Asha Rao"),
        ('{{ profile.nick | upcase | default: "there" }}', "there"),
        ('{{ profile.nick | date: "%d" | default: "soon" }}', "soon"),
        ("{{ profile.points | plus: 30 }}", "150"),
        ("{{ profile.price }}", "12.5"),
        ("{{ profile.vip }}", "true"),
        ("{{ profile.tags | join: ', ' }}", "tea, cups"),
        ('{{ profile.joined | date: "%d %B %Y" }}', "05 March 2026"),
        ("{{ profile.name | split: ' ' | first }}", "Asha"),
        ('{{ profile["First Name"] }}', "Asha"),
        ("{{ profile.address.city }}", "Pune"),
        ("{% if profile.vip %}our best{% else %}our{% endif %} guest", "our best guest"),
        ("{% if profile.nick %}yes{% else %}no{% endif %}", "no"),
        ("{% if profile.nick == blank %}a{% endif %}{{ profile.name }}", "Asha Rao"),
        ("{{- profile.name -}}", "Asha Rao"),
        ("{{ profile.name | slice: 0 }}.", "A."),
        ("{% case profile.points %}{% when 1, 120, 120 %}a{% else %}b{% endcase %}", "a"),
        ("{% case profile.name %}{% when 'x' %}a{% else %}b{% endcase %}", "b"),
        ("{% unless profile.nick %}none{% endunless %}", "none"),
        ("{% if profile.tags contains 'tea' and profile.points > 100 %}tea{% endif %}", "tea"),
        ("{{ profile.name | split: ' ' | last | upcase }}", "RAO"),
        ("{{ profile.name | truncate: 6 }}", "Ash..."),
        ("{{ profile.name | truncatewords: 1 }}", "Asha..."),
        ("{{ profile.name | replace: 'Rao', 'R.' | append: '!' | prepend: '¡' }}", "¡Asha R.!"),
        ("{{ profile.name | url_encode }}", "Asha+Rao"),
        ("{{ profile.name.size }} {{ profile.tags | size }} {{ profile.tags.first }}", "8 2 tea"),
        ("{{ profile.sly }}", "{{ profile.name }} {{1}} {% if %}"),
    ],
)
def test_a_text_is_personalized(source: str, text: str) -> None:
    assert render(source) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ profile.nick }}",
        "Dear {{ profile.nick }}",
        "{{ profile.pale }}",
        "{{ profile.nothing }}",
        "{{ profile.none_of }}",
        "{{ profile.nick | upcase }}",
        "{{ profile.nick | plus: 1 }}",
        "{{ profile.name | append: profile.nick }}",
        '{{ profile.nick | date: "%d" }}',
        "{{ profile.address.street }}",
        "{{ profile.address.nowhere }}",
        "{{ profile.name.nowhere }}",
        "{{ profile.size }}",
        "{{ profile.first }}",
        "{{ profile.points | divided_by: 0 }}",
        "{{ profile.name | plus: 1 | divided_by: profile.left }}",
        "{{ profile.name | plus: 1 }}",
        "{{ profile.name | join }}",
        "{{ profile.tags | upcase }}",
        "{{ profile.address }}",
    ],
)
def test_what_cannot_be_printed_for_a_person_counts_as_missing(source: str) -> None:
    with pytest.raises(MissingPropertyError):
        render(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ profile.long }}{{ profile.long }}" + "{{ profile.long | upcase }}",
        "{{ profile.long | replace: 'a', 'aaaaaaaaaa' | replace: 'a', 'aaaaaaaaaa' }}",
    ],
)
def test_a_text_cannot_grow_without_bounds(source: str) -> None:
    with pytest.raises(OverlongTextError):
        render(source, {"long": "a" * 8000})


# Each would keep a worker busy for minutes, or fill its memory.
ENDLESS = [
    ("{% for i in profile.tags %}{{ i }}{% endfor %}", "“for” can't be used here"),
    ("{% tablerow i in profile.tags %}{{ i }}{% endtablerow %}", "“tablerow” can't be used here"),
    ("{% assign a = profile.name %}{{ a }}", "Nothing is kept under a name"),
    ("{% capture a %}{{ profile.name }}{% endcapture %}", "Nothing is kept under a name"),
    ("{% increment a %}", "“increment” can't be used here"),
    ("{% cycle 'a', 'b' %}", "“cycle” can't be used here"),
    ("{% echo (1..300000000) | sum %}", "“echo” can't be used here"),
    ("{% liquid echo (1..300000000) | sum %}", "“liquid” can't be used here"),
    ("{{ (1..300000000) | join: '' }}", "Round brackets"),
    ("{% if profile.vip and (1..300000000) contains 'a' %}x{% endif %}", "Round brackets"),
    ("{{ (1..profile.points) | sum }}", "Round brackets"),
    ("{{ profile.name | split: '' | uniq | uniq }}", "what to look for"),
    ("{{ profile.name | uniq }}", "There is no filter “uniq”. You can use default, date, "),
    ('{{ profile.joined | date: "%999999999d" }}', "takes a form like"),
    ("{{ profile.joined | date: '" + "%A" * 40 + "' }}", "60 characters"),
    ("{{ profile.joined | date }}", "takes 1 value after a colon"),
    ("{{ profile.joined | date: 5 }}", "needs a form in quotes"),
    ("{{ profile.name | upcase: 1 }}", "stands alone"),
    ("{{ profile.name | default: allow_false: true }}", "without names"),
    ("{{ profile[profile.name] }}", "In square brackets stands a name in quotes"),
    ("{{ profile.a.b.c.d.e.f }}", "At most 5 names"),
    ("{% if profile.a " + "or profile.a " * 11 + "%}x{% endif %}", "11 parts at most"),
    ("{% if true %}" * 11 + "{% endif %}" * 11, "At most 10 conditions"),
    ("{{ profile.a }}" * 201, "200 properties and filters"),
]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("{{ profile.name", "never closed"),
        ("{% if profile.vip", "never closed"),
        ("{{ 'profile.name }}", "quote is not closed"),
        ("{{ profile.points + 1 }}", "can't stand in “profile.points"),
        ("{% %}", "needs a word"),
        ("{{ }}", "read"),
        ("{{ profile.name | nosuchfilter }}", "nosuchfilter"),
        ("{% include 'secrets' %}", "include"),
        ("{% render 'secrets' %}", "render"),
        ("{% comment %}x{% endcomment %}", "comment"),
        ("{% raw %}{{ x }}{% endraw %}", "raw"),
        ("{% if profile.vip %}", "read"),
        ("{{ Profile.name }}", "{{ profile.name }}"),
        ("{{ name }}", "{{ profile.name }}"),
        ("{{ order.price }}", "order"),
        ("{{ event }}", "which property"),
        ("{{ profile }}", "which property"),
        ("{{ profile.empty }}", "read"),
        *ENDLESS,
        ("{{ profile.name }}" + "a" * 4100, "4096"),
    ],
)
def test_what_cannot_be_read_is_explained(source: str, word: str) -> None:
    with pytest.raises(PersonalizationError, match=word):
        compile_text(source)


def test_the_properties_that_a_text_reads_are_named() -> None:
    source = "{{ profile.name | append: profile.city }}{% if profile['First Name'] %}!{% endif %}"

    assert compile_text(source).properties == {"name", "city", "First Name"}


def test_a_text_without_properties_is_the_same_for_everybody() -> None:
    assert compile_text("10 % off } today {").constant == "10 % off } today {"
    assert compile_text("{{ profile.name }}").constant is None


NAMES = st.sampled_from(["name", "city", "plan-b", "size", "first", "last", "a_1"])
QUOTED = st.sampled_from([None, '"there"', "'it is'", '""', "'a \"b\"'"])
LITERALS = st.text(alphabet="ab {}%|\n'\"é😀", max_size=6).filter(
    lambda text: "{{" not in text and "{%" not in text and not text.endswith("{")
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=30)
    | st.sampled_from(["", " ", "\u200b", "{{ profile.name }}"])
    | st.lists(st.text(max_size=5), max_size=2)
)


@st.composite
def plain_sources(draw: st.DrawFn) -> str:
    source = draw(LITERALS)
    for _ in range(draw(st.integers(1, 3))):
        quoted = draw(QUOTED)
        blank = draw(st.sampled_from(["", " ", "  "]))
        tail = "" if quoted is None else f"|{blank}default:{blank}{quoted}"
        source += f"{{{{{blank}profile.{draw(NAMES)}{blank}{tail}}}}}{draw(LITERALS)}"
    return source


def outcome(render_one: Any, profile: dict[str, Any]) -> str | type[Exception]:
    try:
        # The engine writes every line break alike; none is left once the value is clean.
        return clean(render_one(profile))
    except MissingPropertyError:
        return MissingPropertyError


@given(plain_sources(), st.dictionaries(NAMES, VALUES, max_size=6))
def test_the_quick_way_gives_what_the_engine_gives(source: str, profile: dict[str, Any]) -> None:
    # The condition keeps the second one off the quick way and adds nothing.
    through_the_engine = compile_text(source + "{% if false %}{% endif %}")

    assert outcome(compile_text(source).render, profile) == outcome(
        through_the_engine.render, profile
    )


def test_the_engine_has_only_the_tags_and_filters_that_a_text_may_use() -> None:
    assert set(sandbox.ENVIRONMENT.tags) == {"content", "output", "illegal", "if", "unless", "case"}
    assert set(sandbox.ENVIRONMENT.filters) == set(FILTERS)
    assert sandbox.ENVIRONMENT.autoescape is False


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('{{ profile.ends | date: "%d %B %Y, %H:%M" }}', "06 March 2026, 01:30"),
        ('{{ profile.ends | date: "%-d %B" | upcase }}', "6 MARCH"),
        ('{{ profile.born | date: "%-d %B" }}', "5 March"),
        ('{{ profile.said | date: "%-d %B" }}', "soon"),
        ('{{ profile.none | date: "%-d %B" | default: "one day" }}', "one day"),
        ("{{ profile.points | divided_by: 4 }}", "30"),
        ("{{ profile.price | round: 1 }}", "12.5"),
        ("{{ profile.price | ceil }} and {{ profile.points | plus: 1 }}", "13 and 121"),
        ('{{ profile.clock | date: "%H:%M" }}', "18:30"),
        ('{{ profile.born | date: "%H:%M" }}', "00:00"),
        ('{{ profile.seconds | date: "%-d %b, %H:%M" }}', "6 Mar, 01:30"),
        ("{{ profile.price | floor }} {{ profile.price | round }}", "12 12"),
        ("{{ profile.points | divided_by: 7 }}", "17"),
        ("{{ profile.price | divided_by: 2 }}", "6.23"),
        ("{{ profile.price | times: 1000 | minus: 0.5 }}", "12459.5"),
        ("{{ profile.typed | plus: 1 }}", "13.5"),
        ("{{ profile.points | at_most: 100 }} {{ profile.points | at_least: 200 }}", "100 200"),
        ("{{ profile.owed | abs }}", "1234567"),
        ("{{ profile.owed | number }} {{ profile.price | number: 1 }}", "-1,234,567 12.5"),
        ('{{ profile.owed | money: "₹" }}', "-₹12,34,567"),
        ('{{ profile.price | money: "$" }}', "$12.46"),
        ('{{ profile.little | money: "₹" }}', "₹0.10"),
    ],
)
def test_dates_are_told_in_the_projects_time_zone_and_numbers_are_counted(
    source: str, text: str
) -> None:
    profile = {
        "ends": "2026-03-05T20:00:00Z",
        "born": "1990-03-05",
        "said": "soon",
        "points": 120,
        "price": 12.46,
        "clock": "2026-03-05 18:30",
        "seconds": 1772740800,
        "typed": " 12.5 ",
        "owed": -1234567,
        "little": 0.1,
    }

    assert compile_text(source, zone=ZoneInfo("Asia/Kolkata")).render(profile) == text


def test_one_text_does_not_change_the_time_zone_of_another() -> None:
    source = '{{ profile.ends | date: "%H:%M" }}'
    profile = {"ends": "2026-03-05T20:00:00Z"}
    texts = [compile_text(source, zone=ZoneInfo(name)) for name in ("Asia/Tokyo", "UTC")]

    assert [text.render(profile) for text in [*texts, *texts]] == ["05:00", "20:00"] * 2
