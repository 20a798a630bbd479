import pytest

from providers.models import Project
from templates_app.models import Template, TemplateVersion
from templates_app.rendering.checking import check_values
from templates_app.rules.problems import Severity
from tests.templates_app import contents
from tests.templates_app.contents import Json, content, text_header

E, W = Severity.ERROR, Severity.WARNING


def check(given_content: Json, values: Json) -> set[tuple[str, Severity, str]]:
    version = TemplateVersion(
        template=Template(project=Project(), language="en"), content=given_content
    )
    problems = check_values(version, values, known_properties={"cart"})
    assert all(problem.message for problem in problems)
    return {(problem.code, problem.severity, problem.place) for problem in problems}


NAME = "{{ profile.name }}"
TYPO = "{{ profile.nam }}"
HELLO = content("Hello {{1}}, welcome to our shop")


@pytest.mark.parametrize(
    ("given_content", "values"),
    [
        (content(), {}),
        (HELLO, {"body.1": {"text": "all of you"}}),
        (HELLO, {"body.1": {"text": "{{ profile.name }}", "fallback": "friend"}}),
        (HELLO, {"body.1": {"text": '{{ profile.cart | default: "friend" }}'}}),
        (HELLO, {"body.1": {"text": "", "fallback": "friend"}}),
        (content(buttons=[contents.YES]), {}),
        (content(header=contents.IMAGE), {"header.media": {"text": "https://a.b/c.jpg"}}),
    ],
)
def test_good_values_have_no_problem(given_content: Json, values: Json) -> None:
    assert check(given_content, values) == set()


@pytest.mark.parametrize(
    ("given_content", "slot", "value", "expected"),
    [
        (HELLO, "body.1", {}, ("VALUE_MISSING", E)),
        (HELLO, "body.1", {"text": "  "}, ("VALUE_MISSING", E)),
        (HELLO, "body.1", {"text": "\u200b"}, ("VALUE_MISSING", E)),
        (HELLO, "body.1", {"text": "{{ profile.name"}, ("VALUE_FORMAT", E)),
        (HELLO, "body.1", {"text": "a" * 1000}, ("VALUE_TOO_LONG", E)),
        (
            HELLO,
            "body.1",
            {"text": NAME, "fallback": "a" * 1000},
            ("VALUE_TOO_LONG", E),
        ),
        (HELLO, "body.1", {"text": "two\nlines"}, ("VALUE_WHITESPACE", W)),
        (HELLO, "body.1", {"text": "{{ profile.name }}"}, ("VALUE_NO_FALLBACK", W)),
        (
            HELLO,
            "body.1",
            {"text": TYPO, "fallback": "you"},
            ("PROPERTY_UNKNOWN", W),
        ),
        (content(buttons=[contents.CODE]), "button.0", {"text": "25 %"}, ("CODE_CHARS", E)),
        (content(buttons=[contents.CODE]), "button.0", {"text": "a" * 21}, ("CODE_LEN", E)),
        (content(buttons=[contents.SHOP]), "button.0", {"text": "a" * 1989}, ("URL_SUFFIX", E)),
        (content(buttons=[contents.YES]), "button.0", {"text": "a" * 129}, ("PAYLOAD_LEN", E)),
        (
            content(header=contents.IMAGE),
            "header.media",
            {"text": "http://a.b/c.jpg"},
            ("HEADER_MEDIA", E),
        ),
    ],
)
def test_a_value_is_judged(
    given_content: Json, slot: str, value: Json, expected: tuple[str, Severity]
) -> None:
    assert check(given_content, {slot: value}) == {(*expected, slot)}


def test_a_place_off_the_map_is_refused() -> None:
    values = {"header.latitude": {"text": "90.1"}, "header.longitude": {"text": "east"}}

    assert check(content(header=contents.LOCATION), values) == {
        ("LOCATION_RANGE", E, "header.latitude"),
        ("LOCATION_RANGE", E, "header.longitude"),
    }


def test_values_that_fit_alone_may_be_too_long_together() -> None:
    values = {"body.1": {"text": "a" * 600}, "body.2": {"text": "b" * 500}}

    assert check(content("Hello {{1}} and {{2}}"), values) == {("VALUE_TOO_LONG", E, "body.1")}


def test_fixed_values_of_one_text_are_judged_whatever_the_others_hold() -> None:
    given_content = content("Hello {{1}} and {{2}}", header=text_header("For {{1}} now"))
    values = {
        "header.1": {"text": "{{ profile.name }}", "fallback": "you"},
        "body.1": {"text": "a" * 600},
        "body.2": {"text": "b" * 500},
    }

    assert check(given_content, values) == {("VALUE_TOO_LONG", E, "body.1")}


def test_every_slot_is_judged() -> None:
    given_content = content(contents.BODY, header=text_header("For {{1}}"))

    assert check(given_content, {"body.2": {"text": "x"}}) == {
        ("VALUE_MISSING", E, "header.1"),
        ("VALUE_MISSING", E, "body.1"),
    }
