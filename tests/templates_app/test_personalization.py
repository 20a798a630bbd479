from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app import sandbox
from templates_app.personalization import (
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
        ("{% for i in (1..3) %}{{ i }}{{ profile.name | slice: i }}{% endfor %}", "1s2h3a"),
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
        "{% for i in (1..90) %}{% for k in (1..90) %}{{ k }}{% endfor %}{% endfor %}",
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
    "{% for i in (1..300000000) %}{{ i }}{% endfor %}",
    "{% for i in (1..300000000) reversed %}x{% endfor %}",
    "{% for i in (1..300000000) offset: 299999999 %}x{% endfor %}",
    "{% for i in (1..3) %}{% if true %}{{ (1..300000000) | sum }}{% endif %}{% endfor %}",
    '{{ (1..300000000) | join: "" }}',
    "{{ profile.name | append: (1..300000000) }}",
    "{{ profile.name | truncate: 3, (1..300000000) }}",
    '{% if profile.vip and (1..300000000) contains "a" %}x{% endif %}',
    '{% unless (1..300000000) contains "a" %}x{% endunless %}',
    '{% if true %}x{% elsif (1..300000000) contains "a" %}y{% endif %}',
    "{% case 1 %}{% when 2, (1..300000000) %}x{% endcase %}",
    "{% assign all = (1..300000000) %}{{ all | sum }}",
    "{% capture all %}{{ (1..300000000) | sum }}{% endcapture %}",
    "{% echo (1..300000000) | sum %}",
    "{% liquid echo (1..300000000) | sum %}",
    "{{ (1..profile.points) | sum }}",
    "{{ (profile.points..9) | sum }}",
    "{{ (-300000000..9) | sum }}",
]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("{{ profile.name", "read"),
        ("{{ }}", "read"),
        ("{{ profile.name | nosuchfilter }}", "nosuchfilter"),
        ("{% include 'secrets' %}", "read"),
        ("{% render 'secrets' %}", "read"),
        ("{% if profile.vip %}", "read"),
        ("{{ Profile.name }}", "{{ profile.name }}"),
        ("{{ name }}", "{{ profile.name }}"),
        ("{{ event.price }}", "event"),
        ("{{ profile }}", "which property"),
        ("{{ profile.empty }}", "read"),
        *((source, "range") for source in ENDLESS),
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
        return str(render_one(profile))
    except MissingPropertyError:
        return MissingPropertyError


@given(plain_sources(), st.dictionaries(NAMES, VALUES, max_size=6))
def test_the_quick_way_gives_what_the_engine_gives(source: str, profile: dict[str, Any]) -> None:
    # The comment keeps the second one off the quick way and adds nothing.
    through_the_engine = compile_text(source + "{% comment %}{% endcomment %}")

    assert outcome(compile_text(source).render, profile) == outcome(
        through_the_engine.render, profile
    )


def test_the_sandbox_has_no_loader_and_no_tag_that_needs_one() -> None:
    assert not {"include", "render", "extends", "block"} & set(sandbox.ENVIRONMENT.tags)
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
    }

    assert compile_text(source, zone=ZoneInfo("Asia/Kolkata")).render(profile) == text


def test_one_text_does_not_change_the_time_zone_of_another() -> None:
    source = '{{ profile.ends | date: "%H:%M" }}'
    profile = {"ends": "2026-03-05T20:00:00Z"}
    texts = [compile_text(source, zone=ZoneInfo(name)) for name in ("Asia/Tokyo", "UTC")]

    assert [text.render(profile) for text in [*texts, *texts]] == ["05:00", "20:00"] * 2
