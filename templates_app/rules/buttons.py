"""The buttons below a message: how many, in which order, and each one by itself."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from urllib.parse import urlsplit

import phonenumbers

from templates_app.rules.problems import Problem, Severity, error, warning
from templates_app.rules.texts import length_problems
from templates_app.values.cleaning import shows_nothing
from templates_app.wording import placeholders
from templates_app.wording.components import Button, ButtonKind

TOTAL_MAX = 10
QUICK_REPLIES_AT_CLEVERTAP = 6
LABEL_MAX = 25
URL_MAX = 2000
PHONE_MAX = 20
CODE_MAX = 20
CODE_MAX_AT_GUPSHUP = 15
PAYLOAD_MAX = 128
MOST_OF_A_KIND = {
    ButtonKind.URL: (2, "BTN_URL_MAX", "link buttons"),
    ButtonKind.PHONE_NUMBER: (1, "BTN_PHONE_MAX", "phone button"),
    ButtonKind.COPY_CODE: (1, "BTN_CODE_MAX", "copy-code button"),
}
SHORTENERS = frozenset(
    {"wa.me", "bit.ly", "tinyurl.com", "t.co", "goo.gl", "rb.gy", "cutt.ly", "is.gd", "ow.ly"}
)


CodeRules = Callable[[Button, str], Iterator[Problem]]


def button_problems(
    buttons: Sequence[Button], *, codes: CodeRules, samples: Severity
) -> Iterator[Problem]:
    """Of a message's own buttons; `codes` are the rules for a code, which the types don't share."""
    yield from _count_problems(buttons)
    yield from _order_problems(buttons)
    yield from label_clashes(buttons, place="buttons")
    for index, button in enumerate(buttons):
        place = f"button.{index}"
        yield from one_button_problems(button, place=place, samples=samples)
        if button.kind is ButtonKind.COPY_CODE:
            yield from codes(button, place)
        elif button.kind is ButtonKind.OTHER:
            yield error(
                "BTN_TYPE", place, f"A button of the type {button.value} can't be sent from here."
            )


def one_button_problems(button: Button, *, place: str, samples: Severity) -> Iterator[Problem]:
    """What holds for a button wherever it stands."""
    if button.kind is not ButtonKind.COPY_CODE:
        yield from _label_problems(button, place=place)
    if button.kind is ButtonKind.URL:
        yield from url_problems(button, place=place, samples=samples)
    elif button.kind is ButtonKind.PHONE_NUMBER:
        yield from _phone_problems(button.value, place=place)


def _count_problems(buttons: Sequence[Button]) -> Iterator[Problem]:
    if len(buttons) > TOTAL_MAX:
        yield error(
            "BTN_TOTAL", "buttons", f"At most {TOTAL_MAX} buttons; there are {len(buttons)}."
        )
    counts = Counter(button.kind for button in buttons)
    for kind, (most, code, words) in MOST_OF_A_KIND.items():
        if counts[kind] > most:
            yield error(code, "buttons", f"At most {most} {words}; there are {counts[kind]}.")
    if counts[ButtonKind.QUICK_REPLY] > QUICK_REPLIES_AT_CLEVERTAP:
        yield warning(
            "BTN_QR_CT",
            "buttons",
            f"More than {QUICK_REPLIES_AT_CLEVERTAP} quick replies; some consoles stop there.",
        )


def _order_problems(buttons: Sequence[Button]) -> Iterator[Problem]:
    blocks = [kind for kind, _ in groupby(b.kind is ButtonKind.QUICK_REPLY for b in buttons)]
    if len(blocks) > 2:
        yield error(
            "BTN_GROUPING",
            "buttons",
            "Put all quick replies together, before or after the other buttons.",
        )


def label_clashes(buttons: Sequence[Button], *, place: str) -> Iterator[Problem]:
    counts = Counter(button.label for button in buttons if button.label)
    for label, count in counts.items():
        if count > 1:
            yield warning(
                "BTN_TEXT_DUP",
                place,
                f"{count} buttons say “{label}”; a reply could not be told apart.",
            )


def _label_problems(button: Button, *, place: str) -> Iterator[Problem]:
    label = button.label
    if shows_nothing(label):
        yield error("BTN_TEXT_REQUIRED", place, "Write what the button says.")
    yield from length_problems(label, code="BTN_TEXT_LEN", place=place, limit=LABEL_MAX)
    if re.search(r"\{\{|\}\}", label):
        yield error("BTN_TEXT_VAR", place, "What a button says is the same for everybody.")
    if re.search(r"[\r\n]", label):
        yield error("BTN_TEXT_NEWLINE", place, "What a button says is one line.")


def url_problems(button: Button, *, place: str, samples: Severity) -> Iterator[Problem]:
    url = button.value
    if len(url) > URL_MAX:
        yield error("URL_LEN", place, f"At most {URL_MAX} characters; this has {len(url)}.")
    host = _host(url)
    if not host:
        yield error(
            "URL_SCHEME",
            place,
            "Write the whole link with a fixed address, like https://example.com/sale.",
        )
    elif host.removeprefix("www.") in SHORTENERS:
        yield warning("URL_SHORT", place, f"Links of {host} are often refused; use your own.")
    yield from _url_placeholder_problems(url, place=place)
    if button.is_dynamic and not button.sample.strip():
        yield Problem(
            code="URL_EXAMPLE",
            severity=samples,
            place=place,
            message="Give a sample of the link's end; the preview shows it.",
        )


def _host(url: str) -> str:
    """The fixed host of a web address; empty for anything else."""
    if re.search(r"[\s\x00-\x1f]", url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    fixed = host and not re.search(r"[{}]", parts.netloc)
    return host if fixed and parts.scheme.lower() in {"http", "https"} else ""


def _url_placeholder_problems(url: str, *, place: str) -> Iterator[Problem]:
    braces = len(placeholders.BRACED.findall(url))
    if braces > 1:
        yield error("URL_VAR_COUNT", place, "A link can have one placeholder, at its end.")
    elif re.search(r"\{\{\d+\}\}\Z", url) and not url.endswith("{{1}}"):
        yield error("VAR_GAP", place, "A link's placeholder is {{1}}: each link counts on its own.")
    elif re.search(r"[{}]", url) and not re.search(r"\{\{(1|[a-z_][a-z0-9_]*)\}\}\Z", url):
        yield error("URL_VAR_END", place, "Put {{1}} at the very end of the link.")


def _phone_problems(phone: str, *, place: str) -> Iterator[Problem]:
    if not re.fullmatch(r"\+?[0-9]+", phone):
        yield error(
            "PHONE_FORMAT",
            place,
            "Write the number in digits with the country code: +919000000001.",
        )
    if len(phone) > PHONE_MAX:
        yield error("PHONE_LEN", place, f"At most {PHONE_MAX} characters; this has {len(phone)}.")
    if _has_trunk_zero(phone.removeprefix("+")):
        yield warning(
            "PHONE_ZERO", place, "WhatsApp drops the zero after the country code; check the number."
        )


def _has_trunk_zero(digits: str) -> bool:
    for length in (1, 2, 3):
        code = digits[:length]
        if code.isdecimal() and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return digits[length:].startswith("0")
    return False


def code_problems(code: str, *, place: str) -> Iterator[Problem]:
    if len(code) > CODE_MAX:
        yield error("CODE_LEN", place, f"A code has at most {CODE_MAX} characters.")
    elif len(code) > CODE_MAX_AT_GUPSHUP:
        yield warning(
            "CODE_LEN_15", place, f"Gupshup documents {CODE_MAX_AT_GUPSHUP} characters for a code."
        )


def code_category_problems(place: str, *, category: str) -> Iterator[Problem]:
    if category.upper() == "UTILITY":
        yield warning(
            "CODE_CATEGORY", place, "Gupshup allows copy-code buttons in marketing templates only."
        )
