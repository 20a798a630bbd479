"""Names that people give and read: all that is in one is seen.

What nobody sees makes two names look the same, turns the others on a page around, or hides in a
search. One rule for every form and every call of the API. The joiners that hold an emoji or a word
of an Indian script together stay, and so do all letters, marks, signs and blanks.
"""

import re
from unicodedata import category

from django.core.exceptions import ValidationError

LONGEST_PLACE = 20  # characters before the sign, by which it is found
_HIDDEN_KINDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Letters and signs by their kind, and yet nothing to see.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Between two of a word or picture; of a region's flag, behind its black one.
_AT_WORK = re.compile(
    "(?<=[^\\s\u200c\u200d])[\u200c\u200d](?=[^\\s\u200c\u200d])"
    "|(?<=\U0001f3f4)[\U000e0020-\U000e007e]++\U000e007f"
)


def hidden_in(name: str) -> str:
    """A sentence about the first sign in it that nobody sees; empty where there is none."""
    if name.isprintable() and _FILLERS.isdisjoint(name):
        return ""
    seen = _AT_WORK.sub(lambda found: "x" * len(found[0]), name)
    at = next((n for n, sign in enumerate(seen) if _is_hidden(sign)), None)
    return "" if at is None else _sentence(name[:at])


def see_all_of(name: str) -> None:
    """For the fields of models and forms. Raises ValidationError."""
    if words := hidden_in(name):
        raise ValidationError(words, code="hidden")


def seen_of(name: str) -> str:
    """Without them: for a name that nobody typed, like a file's."""
    if not hidden_in(name):
        return name
    kept = {n for found in _AT_WORK.finditer(name) for n in range(*found.span())}
    return "".join(sign for n, sign in enumerate(name) if n in kept or not _is_hidden(sign))


def _is_hidden(sign: str) -> bool:
    return category(sign) in _HIDDEN_KINDS or sign in _FILLERS


def _sentence(before: str) -> str:
    shown = before.strip()[-LONGEST_PLACE:]
    where = f"behind “{shown}”" if shown else "at its beginning"
    return f"The name has a sign in it that nobody sees, {where}. Delete that, or type it anew."
