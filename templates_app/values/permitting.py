"""What may stand in a text, read in one pass before the engine sees it.

A marketer needs properties, filters and conditions. Whatever repeats, remembers or counts up is not
in the language: each mark is worked through once, so that a text costs as much as it is long. The
engine's own reading looks far ahead at brackets and quotes that nobody has closed, and would take
seconds for a text that is all brackets; here they are refused first.
"""

import re
from collections.abc import Iterator

TAGS = frozenset(("if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase"))
JOINED_MAX = 10  # "and" and "or" of one condition

MARK = re.compile(r"\{\{|\{%")
NAME = re.compile(r"\s*(\w+)")
QUOTED = r"\"[^\"]*\"|'[^']*'"
WORD = re.compile(
    rf"\s+|{QUOTED}|\[\s*(?:{QUOTED}|-?[0-9]{{1,4}})\s*\]"
    r"|-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?![\w.])"
    r"|\w[\w-]*|\.(?!\.)|[|:,]|[!=<>]{1,2}"
)
JOINERS = ("and", "or")
CLOSED = {"{{": "{{ profile.name }}", "{%": "{% if profile.name %} … {% endif %}"}

NO_LOOPS = "A value can't repeat anything. Write each property where it belongs."
NO_NAMES = "Nothing is kept under a name. Write the property and its filters where you need them."
OTHERWISE = "You can use if, elsif, else, unless and case."
INSTEAD = {
    "for": NO_LOOPS,
    "tablerow": NO_LOOPS,
    "assign": NO_NAMES,
    "capture": NO_NAMES,
    "comment": "Write notes for your team elsewhere.",
    "raw": "Two braces always begin a property.",
}
IN_BRACKETS = """In square brackets stands a name in quotes: {{ profile["First name"] }}."""
ASTRAY = {
    "(": "Round brackets, as in (1..5), can't be used here.",
    '"': """A quote is not closed: write it like "there".""",
    "'": "A quote is not closed: write it like 'there'.",
    "[": IN_BRACKETS,
    "]": IN_BRACKETS,
}


class NotPermittedError(ValueError):
    """Says in whole sentences what can't be used, and what to write instead."""


def check_spelling(source: str) -> None:
    """Raises NotPermittedError."""
    for is_tag, inside in _marks(source):
        text = inside.removeprefix("-").removesuffix("-")
        _check_words(_without_name(text) if is_tag else text)


def _marks(source: str) -> Iterator[tuple[bool, str]]:
    position = 0
    while found := MARK.search(source, position):
        is_tag = found[0] == "{%"
        end = source.find("%}" if is_tag else "}}", found.end())
        if end < 0:
            raise NotPermittedError(f"“{found[0]}” is never closed: write {CLOSED[found[0]]}.")
        yield is_tag, source[found.end() : end]
        position = end + 2


def _without_name(text: str) -> str:
    found = NAME.match(text)
    if not found:
        raise NotPermittedError(f"“{{%” needs a word after it. {OTHERWISE}")
    name = found[1]
    if name not in TAGS:
        instead = INSTEAD.get(name, OTHERWISE)
        raise NotPermittedError(f"“{name[:40]}” can't be used here. {instead}")
    return text[found.end() :]


def _check_words(text: str) -> None:
    position = joined = 0
    while position < len(text):
        found = WORD.match(text, position)
        if not found:
            sign = text[position]
            raise NotPermittedError(
                ASTRAY.get(sign, f"“{sign}” can't stand in “{text.strip()[:40]}”.")
            )
        position = found.end()
        joined += found[0] in JOINERS
    if joined > JOINED_MAX:
        raise NotPermittedError(f"A condition can have {JOINED_MAX + 1} parts at most.")
