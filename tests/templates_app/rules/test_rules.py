"""Each rule of basic templates: what breaks it, and that nothing else is said about it."""

from typing import Any

import pytest

from templates_app.keeping.validation import Candidate, problems_of
from templates_app.models import Kind
from templates_app.rules.problems import Severity
from templates_app.wording.reading import read_wording
from tests.templates_app import contents
from tests.templates_app.contents import Json, content, text_header, wording

E, W = Severity.ERROR, Severity.WARNING


def judge(
    given: Json,
    *,
    kind: Kind = Kind.BASIC,
    name: str = "summer_sale",
    language: str = "en",
    category: str = "MARKETING",
    samples: Severity = E,
) -> set[tuple[str, Severity, str]]:
    judged = Candidate(
        name=name,
        language=language,
        category=category,
        kind=kind,
        wording=read_wording(given),
    )
    problems = problems_of(judged, samples=samples)
    assert all(problem.message for problem in problems)
    return {(problem.code, problem.severity, problem.place) for problem in problems}


def buttons(*given: Json, **changes: Any) -> Json:
    return content(buttons=[{**button, **changes} for button in given])


def reply(label: str) -> Json:
    return {"type": "QUICK_REPLY", "text": label}


def file_header(kind: str, link: str) -> Json:
    return {"type": "HEADER", "format": kind, "example": {"header_handle": [link]}}


def replies(count: int) -> list[Json]:
    return [reply(f"Answer {number}") for number in range(count)]


@pytest.mark.parametrize(
    "fine",
    [
        content(),
        content("a" * 550),
        content(contents.BODY, samples=["Asha", "A1"]),
        content(header=text_header("a" * 60)),
        content(header=text_header("Act fast, {{1}}!", "Asha")),
        content(header=text_header("50% off © Kabootar_tea 2")),
        content(header=contents.IMAGE, footer="a" * 60),
        content(header=contents.LOCATION),
        content(header=file_header("IMAGE", "4::aW1hZ2U=")),
        content(header=file_header("IMAGE", "https://a.png/photo")),
        content(header=file_header("VIDEO", "https://a.b/c.3GP#t=1")),
        buttons(contents.YES, contents.NO),
        buttons(contents.YES, contents.NO, contents.SHOP, contents.CALL),
        buttons(contents.SHOP, contents.SITE, contents.CALL, contents.CODE, contents.YES),
        buttons(contents.SITE, text="a" * 25),
        buttons(contents.SITE, url="https://a.b/" + "a" * 1988),
        buttons(contents.SHOP, url="https://a.b/rare-{{1}}"),
        buttons(contents.CODE, example="a" * 15),
        content("Straße 😀😀😀😀😀😀😀😀😀😀 in our shop"),
    ],
)
def test_a_template_at_the_limits_has_no_problem(fine: Json) -> None:
    assert judge(fine) == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", ("NAME_REQUIRED", E, "name")),
        ("  ", ("NAME_REQUIRED", E, "name")),
        ("Summer Sale", ("NAME_CHARS", E, "name")),
        ("a" * 513, ("NAME_LEN", E, "name")),
        ("a" * 181, ("NAME_LEN_GUPSHUP", W, "name")),
    ],
)
def test_a_name_is_judged(name: str, expected: tuple[str, Severity, str]) -> None:
    assert judge(content(), name=name) == {expected}


@pytest.mark.parametrize("language", ["en-US", "EN", "xx", "en(UK)", ""])
def test_a_language_must_be_one_of_metas(language: str) -> None:
    assert judge(content(), language=language) == {("LANG_UNKNOWN", E, "language")}


def test_authentication_templates_are_not_for_here() -> None:
    assert judge(content(), category="AUTHENTICATION") == {("CAT_UNSUPPORTED", E, "category")}


@pytest.mark.parametrize("category", ["marketing", "UTILITY"])
def test_a_category_is_read_in_any_case(category: str) -> None:
    assert judge(content(), category=category) == set()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (content(""), {("BODY_REQUIRED", E)}),
        (content(" \n "), {("BODY_REQUIRED", E)}),
        (content("a" * 1025), {("BODY_LEN", E)}),
        (content("a" * 551), {("BODY_LONG", W)}),
        (content("a" * 1020 + "😀😀😀"), {("BODY_LONG", W), ("LEN_UTF16", W)}),
        (content("Buy now " + "😀" * 11), {("BODY_EMOJI", W)}),
        (content("Hi {{1}} and {{name}}, come and see it", samples=["a", "b"]), {("VAR_MIXED", E)}),
        (content("We have {{2}} for you today", samples=["a"]), {("VAR_GAP", E)}),
        (content("We have {{0}} for you today", samples=["a"]), {("VAR_GAP", E)}),
        (content("We have {{01}} for you today", samples=["a"]), {("VAR_GAP", E)}),
        (content("We have {{First}} for you today"), {("VAR_NAME", E)}),
        (content("We have {{prénom}} for you today"), {("VAR_NAME", E)}),
        (content("We have {1} for you today"), {("VAR_MALFORMED", E)}),
        (content("We have {{1} for you today"), {("VAR_MALFORMED", E)}),
        (content("We have {{ 1 }} for you today"), {("VAR_MALFORMED", E)}),
        (content("We have {{}} for you today"), {("VAR_MALFORMED", E)}),
        (content("We have {{first-name}} for you today"), {("VAR_MALFORMED", E)}),
        (content("We have {{{1}}} for you", samples=["a"]), {("VAR_MALFORMED", E)}),
        (content("{{1}} is what we have for you", samples=["a"]), {("VAR_EDGE", E)}),
        (content("What we have for you is {{1}} ", samples=["a"]), {("VAR_EDGE", E)}),
        (content("What we have for you is {{1}}\u200b", samples=["a"]), {("VAR_EDGE", E)}),
        (content("\u2060\u202e {{1}} is what we have", samples=["a"]), {("VAR_EDGE", E)}),
        (content("What we have is {{1}}\u200b!", samples=["a"]), {("VAR_EDGE_PUNCT", W)}),
        (content("What we have for you is {{1}}!", samples=["a"]), {("VAR_EDGE_PUNCT", W)}),
        (content("*{{1}}* is what we have for you", samples=["a"]), {("VAR_EDGE_PUNCT", W)}),
        (
            content("Here are your {{1}} {{2}} and our best wishes", samples=["a", "b"]),
            {("VAR_ADJACENT", E)},
        ),
        (
            content("Here are your {{1}} \u200b{{2}} and our best wishes", samples=["a", "b"]),
            {("VAR_ADJACENT", E)},
        ),
        (
            content("Take {{2}} and then also {{1}} for you", samples=["a", "b"]),
            {("VAR_ORDER", W)},
        ),
        (content("Take {{1}} and then {{1}} for you, please", samples=["a"]), {("VAR_REPEAT", W)}),
        (content("Dear {{1}} hello", samples=["a"]), {("VAR_RATIO", W)}),
        (content(contents.BODY, samples=["a"]), {("VAR_EXAMPLE", E)}),
        (content(contents.BODY, samples=["a", "b", "c"]), {("VAR_EXAMPLE", E)}),
        (content(contents.BODY, samples=["a", " "]), {("VAR_EXAMPLE", E)}),
    ],
)
def test_a_body_is_judged(given: Json, expected: set[tuple[str, Severity]]) -> None:
    assert judge(given) == {(*problem, "body") for problem in expected}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (text_header(" "), {("HDR_TYPE", E)}),
        (text_header("a" * 61), {("HDR_LEN", E)}),
        (text_header("For {{1}} and {{2}} today", "a", "b"), {("HDR_VARS", E)}),
        (text_header("Sale\ntoday"), {("HDR_NEWLINE", E)}),
        (text_header("Sale ☕"), {("HDR_EMOJI", E)}),
        (text_header("Sale ❤️"), {("HDR_EMOJI", E)}),
        (text_header("A *big* sale"), {("HDR_FORMAT", E)}),
        (text_header("A _big_ sale"), {("HDR_FORMAT", E)}),
        (text_header("Made for {{1}}", "Asha"), {("HDR_VAR_EDGE", W)}),
        (text_header("Made for {{1}}\u200b", "Asha"), {("HDR_VAR_EDGE", W)}),
        (text_header("For {{1}} today"), {("VAR_EXAMPLE", E)}),
        ({"type": "HEADER", "format": "GIF"}, {("HDR_TYPE", E)}),
        ({"type": "HEADER", "format": "IMAGE"}, {("HDR_MEDIA_EXAMPLE", E)}),
        (file_header("IMAGE", "https://a.b/c.gif?x=1"), {("MEDIA_TYPE", E)}),
        (file_header("IMAGE", "https://a.b/c.mp4"), {("MEDIA_TYPE", E)}),
        (file_header("VIDEO", "https://a.b/c.MOV"), {("MEDIA_TYPE", E)}),
        (file_header("DOCUMENT", "https://a.b/c.jpg"), {("MEDIA_TYPE", E)}),
        (file_header("DOCUMENT", "https://a.b/c.docx"), {("MEDIA_NOT_PDF", W)}),
    ],
)
def test_a_header_is_judged(given: Json, expected: set[tuple[str, Severity]]) -> None:
    assert judge(content(header=given)) == {(*problem, "header") for problem in expected}


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        ("a" * 61, ("FTR_LEN", E)),
        ("Bye {{1}}", ("FTR_VAR", E)),
        ("Reply STOP\nto leave", ("FTR_NEWLINE", E)),
        ("Bye 👋", ("FTR_EMOJI", W)),
        ("Reply *STOP*", ("FTR_FORMAT", W)),
    ],
)
def test_a_footer_is_judged(footer: str, expected: tuple[str, Severity]) -> None:
    assert judge(content(footer=footer)) == {(*expected, "footer")}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            content(buttons=replies(11)),
            {("BTN_TOTAL", E, "buttons"), ("BTN_QR_CT", W, "buttons")},
        ),
        (content(buttons=replies(7)), {("BTN_QR_CT", W, "buttons")}),
        (
            content(buttons=[{**contents.SITE, "text": f"Site {n}"} for n in range(3)]),
            {("BTN_URL_MAX", E, "buttons")},
        ),
        (
            content(buttons=[contents.CALL, {**contents.CALL, "text": "Or here"}]),
            {("BTN_PHONE_MAX", E, "buttons")},
        ),
        (buttons(contents.CODE, contents.CODE), {("BTN_CODE_MAX", E, "buttons")}),
        (buttons(contents.YES, contents.SITE, contents.NO), {("BTN_GROUPING", E, "buttons")}),
        (
            content(buttons=[contents.SITE, contents.YES, contents.CALL]),
            {("BTN_GROUPING", E, "buttons")},
        ),
        (buttons(contents.YES, contents.YES), {("BTN_TEXT_DUP", W, "buttons")}),
        (buttons({"type": "FLOW", "text": "Book"}), {("BTN_TYPE", E, "button.0")}),
        (buttons(contents.YES, text=" "), {("BTN_TEXT_REQUIRED", E, "button.0")}),
        (buttons(contents.YES, text="a" * 26), {("BTN_TEXT_LEN", E, "button.0")}),
        (buttons(contents.YES, text="😀" * 25), {("LEN_UTF16", W, "button.0")}),
        (buttons(contents.YES, text="Hi {{1}}"), {("BTN_TEXT_VAR", E, "button.0")}),
        (buttons(contents.YES, text="Oh\nyes"), {("BTN_TEXT_NEWLINE", E, "button.0")}),
        (buttons(contents.SITE, url="https://a.b/" + "a" * 1989), {("URL_LEN", E, "button.0")}),
        (buttons(contents.SITE, url="a.b/sale"), {("URL_SCHEME", E, "button.0")}),
        (buttons(contents.SITE, url="ftp://a.b/"), {("URL_SCHEME", E, "button.0")}),
        (buttons(contents.SITE, url="https://a.b/x y"), {("URL_SCHEME", E, "button.0")}),
        (buttons(contents.SITE, url="https://[a.b/"), {("URL_SCHEME", E, "button.0")}),
        (buttons(contents.SHOP, url="https://{{1}}"), {("URL_SCHEME", E, "button.0")}),
        (
            buttons(contents.SHOP, url="{{1}}"),
            {("URL_SCHEME", E, "button.0")},
        ),
        (
            buttons(contents.SHOP, url="https://a.b/{{1}}/{{2}}"),
            {("URL_VAR_COUNT", E, "button.0")},
        ),
        (buttons(contents.SHOP, url="https://a.b/{{1}}/x"), {("URL_VAR_END", E, "button.0")}),
        (buttons(contents.SHOP, url="https://a.b/{{2}}"), {("VAR_GAP", E, "button.0")}),
        (buttons(contents.SITE, url="https://a.b/{1}"), {("URL_VAR_END", E, "button.0")}),
        (buttons(contents.SHOP, example=[]), {("URL_EXAMPLE", E, "button.0")}),
        (buttons(contents.SITE, url="https://wa.me/919000000001"), {("URL_SHORT", W, "button.0")}),
        (buttons(contents.SITE, url="https://www.bit.ly/x"), {("URL_SHORT", W, "button.0")}),
        (buttons(contents.CALL, phone_number="call me"), {("PHONE_FORMAT", E, "button.0")}),
        (buttons(contents.CALL, phone_number="+" + "9" * 20), {("PHONE_LEN", E, "button.0")}),
        (buttons(contents.CALL, phone_number="+9109000000001"), {("PHONE_ZERO", W, "button.0")}),
        (buttons(contents.CODE, example="a" * 21), {("CODE_LEN", E, "button.0")}),
        (buttons(contents.CODE, example="a" * 16), {("CODE_LEN_15", W, "button.0")}),
    ],
)
def test_buttons_are_judged(given: Json, expected: set[tuple[str, Severity, str]]) -> None:
    assert judge(given) == expected


def test_a_code_in_a_utility_template_is_doubtful() -> None:
    assert judge(buttons(contents.CODE), category="UTILITY") == {("CODE_CATEGORY", W, "button.0")}


@pytest.mark.parametrize(
    ("part", "code"),
    [("CAROUSEL", "TYPE_MIXED"), ("LIMITED_TIME_OFFER", "TYPE_MIXED"), ("POLL", "SHAPE_UNKNOWN")],
)
def test_a_part_of_another_type_is_named(part: str, code: str) -> None:
    given = content()
    given["components"].append({"type": part})

    assert judge(given) == {(code, E, "type")}


@pytest.mark.parametrize(
    "given",
    [
        content(contents.BODY),
        content(header={"type": "HEADER", "format": "VIDEO"}),
        buttons(contents.SHOP, example=[]),
    ],
)
def test_missing_samples_only_warn_where_an_approved_template_is_replicated(given: Json) -> None:
    assert {severity for _, severity, _ in judge(given, samples=W)} == {W}


def test_a_template_without_body_header_or_buttons_says_so_once() -> None:
    assert wording("") != wording()
    assert judge({}) == {("BODY_REQUIRED", E, "body")}
    assert judge(content("\u200b \u2060")) == {("BODY_REQUIRED", E, "body")}
