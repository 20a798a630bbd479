"""Every rule of the catalogue: a template or a value that breaks it, and the page made of them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from providers.models import Project
from templates_app.incoming.documents import problems_of_document, read_document
from templates_app.incoming.judging_files import judge_file
from templates_app.keeping.readiness import problems_before_approval
from templates_app.models import Kind, SendingStyle, Template, TemplateVersion
from templates_app.rendering.checking import check_values
from templates_app.rules.catalogue import RULES
from templates_app.rules.problems import Problem, Severity
from templates_app.rules.remarks import remarks_of
from templates_app.wording.components import Wording
from templates_app.wording.reading import read_wording
from tests.templates_app import contents
from tests.templates_app.contents import Json, card, carousel, content, offer, text_header, wording

BY_CODE = {rule.code: rule for rule in RULES}
ROOT = Path(__file__).parents[3]
NAMED = {"name": "summer_sale", "language": "en", "category": "MARKETING"}
BARE_CARD = {"components": card()["components"][1:]}
# Judged where files are fetched or uploaded: tests of their own.
ELSEWHERE = {"MEDIA_SIZE", "MEDIA_LINK"}


def named(**changes: object) -> Json:
    return {**NAMED, **content(), **changes}


def buttons(*given: Json, **changes: object) -> Json:
    return content(buttons=[{**button, **changes} for button in given])


def with_part(given: Json, *parts: Json) -> Json:
    return {"components": [*given["components"], *parts]}


BROKEN_TEMPLATES: dict[str, Json] = {
    "NAME_REQUIRED": named(name=""),
    "NAME_CHARS": named(name="Summer Sale"),
    "NAME_LEN": named(name="a" * 513),
    "LANG_UNKNOWN": named(language="en_XX"),
    "CAT_UNSUPPORTED": named(category="AUTHENTICATION"),
    "TYPE_MIXED": with_part(offer(), carousel()["components"][1]),
    "SHAPE_UNKNOWN": with_part(content(), {"type": "FLOW"}),
    "NAME_LEN_GUPSHUP": named(name="a" * 181),
    "LEN_UTF16": content(footer="😀" * 31),
    "CAT_CAROUSEL": {**carousel(), "category": "UTILITY"},
    "BODY_REQUIRED": content(" "),
    "BODY_LEN": content("a" * 1025),
    "BODY_LEN_LTO": offer(body="a" * 601),
    "VAR_EDGE": content("Our sale is for {{1}}", samples=["you"]),
    "BODY_LONG": content("a" * 551),
    "BODY_EMOJI": content("Sale " + "😀" * 11),
    "VAR_EDGE_PUNCT": content("Our sale is for {{1}}!", samples=["you"]),
    "VAR_RATIO": content("Hi {{1}}, bye", samples=["you"]),
    "VAR_MALFORMED": content("Our {sale} today"),
    "VAR_NAME": content("Our {{Sale}} today"),
    "VAR_MIXED": content("Our {{1}} and {{two}} today"),
    "VAR_GAP": content("Our {{2}} today"),
    "VAR_ADJACENT": content("Our {{1}} {{2}} today"),
    "VAR_EXAMPLE": content("Our {{1}} today"),
    "VAR_ORDER": content("Our {{2}} and {{1}} today"),
    "VAR_REPEAT": content("Our {{1}} and {{1}} today"),
    "HDR_TYPE": content(header={"type": "HEADER", "format": "GIF"}),
    "HDR_LEN": content(header=text_header("a" * 61)),
    "HDR_VARS": content(header=text_header("For {{1}} and {{2}} now")),
    "HDR_NEWLINE": content(header=text_header("Sale\ntoday")),
    "HDR_EMOJI": content(header=text_header("Sale ☕")),
    "HDR_FORMAT": content(header=text_header("A *big* sale")),
    "MEDIA_TYPE": content(
        header={**contents.IMAGE, "example": {"header_handle": ["https://a.b/c.gif"]}}
    ),
    "HDR_MEDIA_EXAMPLE": content(header={"type": "HEADER", "format": "IMAGE"}),
    "HDR_VAR_EDGE": content(header=text_header("Made for {{1}}", "you")),
    "MEDIA_NOT_PDF": content(
        header={**contents.DOCUMENT, "example": {"header_handle": ["https://a.b/c.docx"]}}
    ),
    "FTR_LEN": content(footer="a" * 61),
    "FTR_VAR": content(footer="For {{1}}"),
    "FTR_NEWLINE": content(footer="a\nb"),
    "FTR_EMOJI": content(footer="Bye 😀"),
    "FTR_FORMAT": content(footer="*Bye*"),
    "BTN_TOTAL": content(buttons=[{**contents.YES, "text": f"Yes {n}"} for n in range(11)]),
    "BTN_URL_MAX": buttons(contents.SITE, contents.SHOP, contents.SITE),
    "BTN_PHONE_MAX": buttons(contents.CALL, contents.CALL),
    "BTN_CODE_MAX": buttons(contents.CODE, contents.CODE),
    "BTN_TYPE": buttons({"type": "FLOW", "text": "Book"}),
    "BTN_GROUPING": buttons(contents.YES, contents.SITE, contents.NO),
    "BTN_TEXT_REQUIRED": buttons(contents.YES, text=""),
    "BTN_TEXT_LEN": buttons(contents.YES, text="a" * 26),
    "BTN_TEXT_VAR": buttons(contents.YES, text="Yes {{1}}"),
    "BTN_TEXT_NEWLINE": buttons(contents.YES, text="Yes\nplease"),
    "URL_SCHEME": buttons(contents.SITE, url="https://{{1}}"),
    "URL_LEN": buttons(contents.SITE, url="https://a.b/" + "a" * 1989),
    "URL_VAR_COUNT": buttons(contents.SITE, url="https://a.b/{{1}}/{{2}}"),
    "URL_VAR_END": buttons(contents.SITE, url="https://a.b/{{1}}/c"),
    "URL_EXAMPLE": buttons(contents.SHOP, example=[]),
    "PHONE_FORMAT": buttons(contents.CALL, phone_number="call us"),
    "PHONE_LEN": buttons(contents.CALL, phone_number="9" * 21),
    "CODE_LEN": buttons(contents.CODE, example="a" * 21),
    "BTN_QR_CT": content(buttons=[{**contents.YES, "text": f"Yes {n}"} for n in range(7)]),
    "BTN_TEXT_DUP": buttons(contents.YES, contents.YES),
    "URL_SHORT": buttons(contents.SITE, url="https://bit.ly/abc"),
    "PHONE_ZERO": buttons(contents.CALL, phone_number="+9109000000001"),
    "CODE_LEN_15": buttons(contents.CODE, example="a" * 16),
    "CODE_CATEGORY": {**buttons(contents.CODE), "category": "UTILITY"},
    "LTO_CATEGORY": {**offer(), "category": "UTILITY"},
    "LTO_HEADER": offer(header=contents.DOCUMENT),
    "LTO_TEXT_REQUIRED": offer(""),
    "LTO_TEXT_LEN": offer("a" * 17),
    "LTO_TEXT_VAR": offer("For {{1}}"),
    "LTO_TEXT_NEWLINE": offer("Ends\nsoon"),
    "LTO_FOOTER": with_part(offer(), {"type": "FOOTER", "text": "Bye"}),
    "LTO_CODE_REQUIRED": offer(buttons=[contents.SHOP]),
    "LTO_CODE_ORDER": offer(buttons=[contents.SHOP, contents.CODE]),
    "LTO_CODE_LEN": offer(buttons=[{**contents.CODE, "example": "a" * 16}]),
    "LTO_CODE_MISSING": offer(expires=False, buttons=[contents.SHOP]),
    "LTO_URL_MISSING": offer(buttons=[contents.CODE]),
    "CAR_TOPLEVEL": with_part(carousel(), {"type": "FOOTER", "text": "Bye"}),
    "CAR_CARDS_MIN": carousel(card()),
    "CAR_CARDS_MAX": carousel(*[card()] * 11),
    "CAR_HEADER_REQUIRED": carousel(card(), card(header=None)),
    "CAR_HEADER_TYPE": carousel(*[card(header=contents.DOCUMENT)] * 2),
    "CAR_HEADER_MIXED": carousel(card(), card(header=contents.VIDEO)),
    "CAR_BODY_LEN": carousel(card(), card("a" * 161)),
    "CAR_BODY_UNEQUAL": carousel(card(), BARE_CARD),
    "CAR_BTN_MAX": carousel(*[card(buttons=[contents.YES, contents.NO, contents.LATER])] * 2),
    "CAR_BTN_TYPE": carousel(*[card(buttons=[contents.CODE])] * 2),
    "CAR_BTN_UNEQUAL": carousel(card(), card(buttons=[contents.YES])),
    "CARD_VAR_EDGE": carousel(card("Take {{1}}", samples=["x"]), card()),
    "CAR_BODY_LINES": carousel(card("a\nb\nc\nd"), card()),
    "CAR_BTN_NONE": carousel(*[card(buttons=[])] * 2),
    "CAR_URL_KIND": carousel(card(), card(buttons=[contents.SITE])),
}


@pytest.mark.parametrize(("code", "broken"), BROKEN_TEMPLATES.items())
def test_a_template_that_breaks_a_rule_is_told_by_its_code(code: str, broken: Json) -> None:
    document = read_document({**NAMED, **broken})
    written = {
        problem.severity
        for problem in problems_of_document(document, submitting=True)
        if problem.code == code
    }
    replicated = {
        problem.severity
        for problem in problems_of_document(document, submitting=False)
        if problem.code == code
    }
    rule = BY_CODE[code]

    assert (written, replicated) == (
        {rule.severity},
        {Severity.WARNING} if rule.for_samples else {rule.severity},
    )


def judged_values(given: Json, values: dict[str, str], *, kind: Kind = Kind.BASIC) -> list[Problem]:
    template = Template(project=Project(time_zone="Asia/Kolkata"), kind=kind, name="t")
    return check_values(
        TemplateVersion(template=template, number=1, content=given),
        {key: {"text": text} for key, text in values.items()},
        known_properties={"city"},
        leaves_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


HELLO = content("Hello {{1}}, welcome to our shop")
BROKEN_VALUES: dict[str, Callable[[], list[Problem]]] = {
    "VALUE_MISSING": lambda: judged_values(HELLO, {}),
    "VALUE_FORMAT": lambda: judged_values(HELLO, {"body.1": "{{ profile.name"}),
    "VALUE_TOO_LONG": lambda: judged_values(HELLO, {"body.1": "a" * 1024}),
    "VALUE_WHITESPACE": lambda: judged_values(HELLO, {"body.1": "two\nlines"}),
    "VALUE_NO_FALLBACK": lambda: judged_values(HELLO, {"body.1": "{{ profile.city }}"}),
    "PROPERTY_UNKNOWN": lambda: judged_values(HELLO, {"body.1": "{{ profile.citty }}"}),
    "URL_SUFFIX": lambda: judged_values(buttons(contents.SHOP), {"button.0": "a" * 1990}),
    "PAYLOAD_LEN": lambda: judged_values(buttons(contents.YES), {"button.0": "a" * 129}),
    "CODE_CHARS": lambda: judged_values(buttons(contents.CODE), {"button.0": "no code!"}),
    "CODE_LEN": lambda: judged_values(buttons(contents.CODE), {"button.0": "a" * 21}),
    "LTO_CODE_LEN": lambda: judged_values(
        offer(), {"button.0": "a" * 16}, kind=Kind.LIMITED_TIME_OFFER
    ),
    "HEADER_MEDIA": lambda: judged_values(
        content(header=contents.IMAGE), {"header.media": "http://a.b/c.jpg"}
    ),
    "CARD_MEDIA": lambda: judged_values(
        carousel(), {"card.0.media": "http://a.b/c.jpg"}, kind=Kind.CAROUSEL
    ),
    "LOCATION_RANGE": lambda: judged_values(
        content(header=contents.LOCATION), {"header.latitude": "91"}
    ),
    "OFFER_EXPIRED": lambda: judged_values(
        offer(), {"offer.expiration": "2026-10-31"}, kind=Kind.LIMITED_TIME_OFFER
    ),
    "VENDOR_ID_REQUIRED": lambda: problems_before_approval(
        Template(name="t", sending_style=SendingStyle.BY_ID), wording()
    ),
}


@pytest.mark.parametrize(("code", "problems"), BROKEN_VALUES.items())
def test_a_value_that_breaks_a_rule_is_told_by_its_code(
    code: str, problems: Callable[[], list[Problem]]
) -> None:
    found = {problem.severity for problem in problems() if problem.code == code}

    assert found == {BY_CODE[code].severity}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (None, "FILE_UNREADABLE"),
        (b" " * (1024 * 1024 + 1), "FILE_TOO_LARGE"),
        (b"{", "JSON_INVALID"),
    ],
)
def test_a_file_that_breaks_a_rule_is_told_by_its_code(
    source: bytes | None, code: str, tmp_path: Path
) -> None:
    file = tmp_path / "t.json"
    if source is not None:
        file.write_bytes(source)

    (judged,) = judge_file(str(file), submitting=False)
    (problem,) = judged.problems

    assert (problem.code, problem.severity) == (code, BY_CODE[code].severity)


HINTS = {
    "LTO_DESKTOP": read_wording(offer()),
    "BTN_DESKTOP": wording(buttons=[contents.YES, contents.SITE]),
}


@pytest.mark.parametrize(("code", "shown"), HINTS.items())
def test_what_is_good_to_know_is_told_by_its_code(code: str, shown: Wording) -> None:
    found = {hint.code: hint.severity for hint in remarks_of(shown)}

    assert found[code] == BY_CODE[code].severity == Severity.INFO
    assert not list(remarks_of(wording(buttons=[contents.YES, contents.NO, contents.LATER])))


def test_every_rule_of_the_catalogue_is_tried_and_no_code_stands_in_it_twice() -> None:
    files = {"FILE_UNREADABLE", "FILE_TOO_LARGE", "JSON_INVALID"}
    tried = set(BROKEN_TEMPLATES) | set(BROKEN_VALUES) | set(HINTS) | files

    assert tried | ELSEWHERE == set(BY_CODE)
    assert len(RULES) == len(BY_CODE)


def test_no_rule_is_missing_from_the_catalogue() -> None:
    told = {
        code
        for path in (ROOT / "templates_app").rglob("*.py")
        for code in re.findall(
            r"""(?:error|warning|_hint)\(\s*"([A-Z0-9_]+)"|code="([A-Z0-9_]+)\"""", path.read_text()
        )
        for code in code
        if code
    }

    assert told - set(BY_CODE) == set()


def test_the_page_of_rules_is_current() -> None:
    out = StringIO()
    call_command("template_rules", stdout=out)

    assert (ROOT / "docs" / "template-rules.md").read_text(encoding="utf-8") == out.getvalue()
