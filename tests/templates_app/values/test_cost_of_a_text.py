"""No text that is accepted can hold a worker: counted in calls and bytes, not by the clock."""

import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.values.cleaning import clean, encode_url_tail
from templates_app.values.filters import FILTERS
from templates_app.values.making import STEPS_MAX, TEXT_MAX, Making, OverBudgetError
from templates_app.values.media_links import usable_media_link
from templates_app.values.personalization import (
    SOURCE_MAX,
    MissingPropertyError,
    OverlongTextError,
    PersonalizationError,
    compile_text,
)

# What a quiet core does in 5 ms and in 20; what each call works on is bounded by its characters.
CALLS_TO_RENDER = 15_000
CALLS_TO_READ = 100_000
BYTES = 1_000_000

NASTY = st.sampled_from(
    [
        "a",
        "ß",
        "é",
        "😀",
        " ",
        "\n",
        "\u200b",
        "\u200d",
        "\U000e0041",
        "\U0001f3f4",
        "1",
        "{{",
        "a\n",
    ]
)
LONG = st.builds(
    lambda unit, times: unit * times, NASTY, st.sampled_from([1, 2, 60, 120, 4_000, 16_384, 10**6])
)
SCALARS = (
    LONG
    | st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 0, 1772740800, 1e308, float("inf"), float("nan"), 0.1, 1e15])
    | st.sampled_from(["2026-03-05T20:00:00Z", "2026-03-05", "12.50", "9" * 18, "now"])
)
NAMES = st.sampled_from("abcde")
ODD = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(lambda one, times: [one] * times, inner, st.sampled_from([50, 100, 101, 9_999]))
        | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=6,
)
PROFILES = st.dictionaries(NAMES, ODD, min_size=2, max_size=5)

PATHS = st.builds(
    lambda names: "profile." + ".".join(names), st.lists(NAMES, min_size=1, max_size=3)
)
LITERALS = st.sampled_from(
    ["'a'", "' '", "'ab'", "1", "12.5", "'%A %B'", "true", "''", "-3", "9999"]
)
VALUES = PATHS | LITERALS


@st.composite
def filters(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(sorted(FILTERS)))
    known = FILTERS[name]
    count = draw(st.integers(known.least, known.most))
    taken = "'%A %B'" if name == "date" else ", ".join(draw(VALUES) for _ in range(count))
    return f"|{name}:{taken}" if count else f"|{name}"


OUTPUTS = st.builds(
    lambda value, chain, times: "{{" + value + "".join(chain) * times + "}}",
    VALUES,
    st.lists(filters(), max_size=4),
    st.sampled_from([1, 1, 2, 9, 40]),
)
CONDITIONS = st.builds(
    lambda left, sign, right, joined, times: f" {joined} ".join([f"{left} {sign} {right}"] * times),
    VALUES,
    st.sampled_from(["==", "!=", "<", ">", "<=", "contains"]),
    VALUES | st.sampled_from(["blank", "nil"]),
    st.sampled_from(["and", "or"]),
    st.sampled_from([1, 2, 11]),
)


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    texts = st.lists(inner, max_size=3).map("".join)
    times = st.sampled_from([1, 2, 20])
    return (
        st.builds(lambda text, n: text * n, texts, times)
        | st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, CONDITIONS, texts, texts)
        | st.builds("{{% unless {} %}}{}{{% endunless %}}".format, CONDITIONS, texts)
        | st.builds(
            lambda value, when, text, n: (
                f"{{% case {value} %}}" + f"{{% when {when} %}}{text}" * n + "{% endcase %}"
            ),
            VALUES,
            st.lists(VALUES, min_size=1, max_size=12).map(", ".join),
            texts,
            times,
        )
    )


SOURCES = st.recursive(OUTPUTS | st.sampled_from(["text ", "{", "}}", "%"]), blocks, max_leaves=30)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "{{", "}}", "{%", "%}", "{%-", "-}}", " if ", " endif ", " case ", " when ", " raw ",
            "profile.a", "profile['", "']", "[", "]", "(", ")", "..", "'", '"', "|", ":", ",",
            "upcase", " or ", " and ", "==", "<", " ", "   ", "-", "9", "1.5", "#", "\n", "comment",
            "{{ profile.a }}", "{% if profile.a %}", "{% endif %}", "x", "é", "?",
        ]
    ),
    max_size=40,
)  # fmt: skip


def calls_of(run: Callable[[], object]) -> int:
    """How many functions it calls, Python's and C's."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return calls


def bytes_of(run: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def made(render: Callable[[dict[str, Any]], str], profile: dict[str, Any]) -> str:
    try:
        return render(profile)
    except (MissingPropertyError, OverlongTextError):
        return ""


def assert_bounded(source: str, profile: dict[str, Any]) -> None:
    text = compile_text(source)
    assert len(made(text.render, profile)) <= TEXT_MAX + SOURCE_MAX
    assert calls_of(lambda: made(text.render, profile)) <= CALLS_TO_RENDER
    assert bytes_of(lambda: made(text.render, profile)) <= BYTES


@settings(deadline=None)
@given(SOURCES, PROFILES)
def test_whatever_is_accepted_is_made_within_its_budget(
    source: str, profile: dict[str, Any]
) -> None:
    try:
        compile_text(source[:SOURCE_MAX])
    except PersonalizationError:
        return
    assert_bounded(source[:SOURCE_MAX], profile)


@settings(deadline=None)
@given(FRAGMENTS, st.sampled_from([1, 1, 3, 200]), PROFILES)
def test_whatever_is_written_is_read_or_refused_at_once(
    fragments: list[str], times: int, profile: dict[str, Any]
) -> None:
    source = ("".join(fragments) * times)[:SOURCE_MAX]
    refused = False

    def read() -> None:
        nonlocal refused
        try:
            compile_text(source)
        except PersonalizationError:
            refused = True

    assert calls_of(read) <= CALLS_TO_READ
    assert bytes_of(read) <= 4 * BYTES
    if not refused:
        assert_bounded(source, profile)


BIG: dict[str, Any] = {
    "a": "a" * TEXT_MAX,
    "b": "a" * (TEXT_MAX - 1) + "b",
    "hidden": "\u200b" * TEXT_MAX,
    "list": ["é" * 160] * 100,
    "short": "a" * 80,
    "huge": "x" * 5_000_000,
    "deep": [[["a"] * 100] * 100] * 100,
    "number": 123456789012345.25,
    "none": "",
    "day": "2026-03-05T20:00:00.123456+05:30",
}


def many(unit: str, *, head: str = "", tail: str = "") -> str:
    """As often as fits and is allowed."""
    room = SOURCE_MAX - len(head) - len(tail)
    return head + unit * min(room // len(unit), 49) + tail


@pytest.mark.parametrize(
    "source",
    [
        many("{{profile.a}}"),
        many("{{profile.hidden|default:'x'}}"),
        many("{{profile.short|upcase|downcase}}"),
        many("|upcase|downcase", head="{{profile.a", tail="}}"),
        many("|append:profile.short", head="{{'a'", tail="}}"),
        many("|replace:'a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", head="{{profile.short", tail="}}"),
        many("|replace:profile.short,profile.b", head="{{profile.a", tail="}}"),
        many("|split:'a'|join:'a'", head="{{profile.short", tail="}}"),
        many("|url_encode", head="{{'é'", tail="}}"),
        many("|times:99999", head="{{profile.number", tail="}}"),
        many("{{profile.list|join:''}}"),
        many("{%elsif profile.list==profile.list%}", head="{%if false%}", tail="{%endif%}"),
        many("{%elsif profile.a==profile.b%}", head="{%if false%}", tail="{%endif%}"),
        many(f"{{%elsif profile.a contains '{'a' * 40}b{'a' * 40}'%}}", head="{%if false%}",
             tail="{%endif%}"),
        many("{%when profile.b,profile.b%}x", head="{%case profile.a%}", tail="{%endcase%}"),
        "{%case 1%}{%when 1,1,1,1,1,1,1,1,1,1%}" * 10 + "{{profile.a}}" + "{%endcase%}" * 10,
        many("{{profile.day|date:'%A%A%A%A%A%A%A%A%A%A'}}"),
        many("{{profile.number|money:'₹'}}"),
        "{{ profile.huge | truncate: 5 }}",
        "{% if profile.deep == profile.deep %}{{ profile.deep }}{% endif %}",
        "{{ profile.a | truncate: 999999999999999999, profile.a }}",
        "{{ profile.number | round: 999999999 }}",
        "{{ profile.none | default: profile.huge }}",
    ],
)  # fmt: skip
def test_no_text_makes_much_of_a_large_profile(source: str) -> None:
    assert len(source) <= SOURCE_MAX

    assert_bounded(source, BIG)


@pytest.mark.parametrize(
    "source",
    [
        unit * (SOURCE_MAX // len(unit))
        for unit in (
            "{{", "{%", "{{ ", "{% raw %}", "{% if profile.a %}", "{{ profile.a", "{{profile.a}}",
            "{{ ['", "(", "{{('", "{{ a b ", "{% comment %}", "{{}}", "{{'", "{{profile.a|", "}}",
        )
    ]
    + [
        "{{" + " " * 4_000 + "x",
        "{{ profile.a" + " " * 4_000 + "x}}",
        "{{" + " a" * 2_000 + "}}",
        "{{ profile" + "['a']" * 800 + "}}",
        "{{ profile" + ".a" * 2_000 + "}}",
        "{% if profile.a" + " or profile.a" * 300 + "%}{% endif %}",
        "{{ " + "9" * 4_000 + " }}",
    ],
)  # fmt: skip
def test_a_hostile_text_is_read_or_refused_at_once(source: str) -> None:
    def read() -> None:
        with suppress(PersonalizationError):
            compile_text(source)

    assert calls_of(read) <= CALLS_TO_READ
    assert bytes_of(read) <= 4 * BYTES


def test_a_step_is_refused_before_it_is_made() -> None:
    making = Making()
    for _ in range(STEPS_MAX):
        making.spend(0)
    with pytest.raises(OverBudgetError):
        making.spend(0)


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (" " * 300_000 + "x\x00", "x"),
        ("x" + "\u200d" * 300_000 + "x", "x" + "\u200d" * 300_000 + "x"),
        ("\U0001f3f4\U000e0041" * 30_000, "\U0001f3f4" * 30_000),
    ],
)
def test_a_run_of_blanks_or_joiners_is_looked_at_once(value: str, cleaned: str) -> None:
    """From each place in it, that would take minutes."""
    assert clean(value) == cleaned
    assert encode_url_tail(value)
    assert usable_media_link("https://" + "." * 300_000 + " x") == ""
