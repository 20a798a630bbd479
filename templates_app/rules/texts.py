"""Placeholders, length and emoji of a text."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from templates_app.rules.problems import Problem, Severity, error, warning
from templates_app.values.cleaning import shows_nothing
from templates_app.wording import placeholders
from templates_app.wording.components import Text
from templates_app.wording.emoji import count_emoji

BODY_MAX = 1024
BODY_LONG = 550
BODY_EMOJI = 10
_BETWEEN = re.compile(r"\}\}([^{}]*)(?=\{\{)")


def body_problems(
    body: Text | None, *, samples: Severity, limit: int = BODY_MAX, code: str = "BODY_LEN"
) -> Iterator[Problem]:
    """`code` names the rule of the length, which the types don't share."""
    if body is None or shows_nothing(body.text):
        yield error("BODY_REQUIRED", "body", "Write the message: every template needs a body.")
        return
    yield from length_problems(body.text, code=code, place="body", limit=limit)
    yield from _habits_of_reviewers(body.text, limit=limit)
    yield from placeholder_problems(body, place="body", samples=samples)
    yield from _edge_problems(body.text)
    yield from _ratio_problems(body.text)


def length_problems(text: str, *, code: str, place: str, limit: int) -> Iterator[Problem]:
    """Code points count; phones that count emoji twice are a reason for a warning only."""
    if len(text) > limit:
        over = len(text) - limit
        yield error(code, place, f"At most {limit} characters: take out {over}.")
    elif utf16_length(text) > limit:
        yield warning(
            "LEN_UTF16", place, f"Some systems count an emoji twice: that is above {limit} then."
        )


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def placeholder_problems(text: Text, *, place: str, samples: Severity) -> Iterator[Problem]:
    """What holds for every text that may have placeholders."""
    yield from _form_problems(text.text, place=place)
    yield from _number_problems(text.text, place=place)
    if any(shows_nothing(between) for between in _BETWEEN.findall(text.text)):
        yield error(
            "VAR_ADJACENT", place, "Put a word or a comma between two placeholders that touch."
        )
    yield from sample_problems(text, place=place, samples=samples)


def sample_problems(text: Text, *, place: str, samples: Severity) -> Iterator[Problem]:
    count = len(text.names)
    if count and (len(text.samples) != count or not all(map(str.strip, text.samples))):
        yield Problem(
            code="VAR_EXAMPLE",
            severity=samples,
            place=place,
            message=f"Give a sample for each placeholder ({count}); the preview shows them.",
        )


def _form_problems(text: str, *, place: str) -> Iterator[Problem]:
    odd = [inside for inside in placeholders.BRACED.findall(text) if not _well_formed(inside)]
    named_badly = [inside for inside in odd if re.fullmatch(r"\w+", inside)]
    if named_badly:
        yield error(
            "VAR_NAME",
            place,
            f"Write {{{{{named_badly[0]}}}}} in small letters and _ only, or as a number.",
        )
    if len(named_badly) < len(odd) or re.search(r"[{}]", placeholders.BRACED.sub("", text)):
        yield error(
            "VAR_MALFORMED",
            place,
            "Write placeholders as {{1}}: two braces on each side, nothing else inside.",
        )


def _well_formed(inside: str) -> bool:
    return placeholders.PLACEHOLDER.fullmatch(f"{{{{{inside}}}}}") is not None


def _number_problems(text: str, *, place: str) -> Iterator[Problem]:
    names = placeholders.names_in(text)
    numbers = [name for name in names if name.isdigit()]
    if numbers and len(numbers) < len(names):
        yield error("VAR_MIXED", place, "Use numbers or names for placeholders, not both.")
    elif {*numbers} != {str(number + 1) for number in range(len({*numbers}))}:
        yield error("VAR_GAP", place, "Number the placeholders from {{1}} without a gap.")
    elif any(int(a) > int(b) for a, b in pairwise(dict.fromkeys(numbers))):
        yield warning("VAR_ORDER", place, "The placeholders are not in order; check the samples.")
    if len(names) > len({*names}):
        yield warning(
            "VAR_REPEAT", place, "One placeholder stands here twice; both get the same value."
        )


def has_open_edge(text: str) -> bool:
    """Whether it starts or ends with a placeholder; what nobody sees is no word before it."""
    return _ends_with_placeholder(without_unseen(text))


def _edge_problems(text: str) -> Iterator[Problem]:
    trimmed = without_unseen(text)
    if has_open_edge(trimmed):
        yield error(
            "VAR_EDGE",
            "body",
            "A body can't start or end with a placeholder: add a word there.",
        )
    elif _ends_with_placeholder(_without_marks(trimmed)):
        yield warning(
            "VAR_EDGE_PUNCT",
            "body",
            "Only punctuation stands between a placeholder and the end of the text; some "
            "reviewers refuse that.",
        )


def _ends_with_placeholder(text: str) -> bool:
    start = placeholders.PLACEHOLDER.match(text)
    return (
        start is not None
        or re.search(rf"(?:{placeholders.PLACEHOLDER.pattern})\Z", text) is not None
    )


def without_unseen(text: str) -> str:
    """Without blanks and signs that nobody sees around it."""
    return _stripped(text, shows_nothing)


def _without_marks(text: str) -> str:
    """Without the punctuation, signs and blanks around it, the braces of placeholders excepted."""
    return _stripped(text, _is_mark)


def _stripped(text: str, goes: Callable[[str], bool]) -> str:
    first, last = 0, len(text)
    while first < last and goes(text[first]):
        first += 1
    while last > first and goes(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_mark(char: str) -> bool:
    return char not in "{}" and (shows_nothing(char) or unicodedata.category(char)[0] in "PS")


def _ratio_problems(text: str) -> Iterator[Problem]:
    count = len(placeholders.names_in(text))
    words = [word for word in placeholders.without_placeholders(text).split() if _has_letter(word)]
    if count and len(words) < 2 * count + 1:
        yield warning(
            "VAR_RATIO",
            "body",
            f"Few words around the placeholders: reviewers want at least {2 * count + 1}, "
            f"and there are {len(words)}.",
        )


def _has_letter(word: str) -> bool:
    return any(char.isalnum() for char in word)


def _habits_of_reviewers(text: str, *, limit: int) -> Iterator[Problem]:
    if BODY_LONG < len(text) <= limit:
        yield warning(
            "BODY_LONG", "body", f"Above {BODY_LONG} characters; some reviewers refuse that."
        )
    emoji = count_emoji(text)
    if emoji > BODY_EMOJI:
        yield warning(
            "BODY_EMOJI", "body", f"{emoji} emoji; more than {BODY_EMOJI} may be refused."
        )


def mixing_problems(texts: Iterable[tuple[str, Text, int]]) -> Iterator[Problem]:
    """Numbers in one text and names in another: a template has one way for all of them. `texts`
    come with their places first."""
    numbered: bool | None = None
    for place, text, _ in texts:
        ways = {name.isdigit() for name in text.names}
        if len(ways) == 1 and numbered is not None and numbered not in ways:
            yield error(
                "VAR_MIXED", place, "Another text has numbers where this has names: use one way."
            )
        if len(ways) == 1 and numbered is None:
            numbered = ways.pop()
