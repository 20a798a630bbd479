"""Names as words without case and accents: “Śrīnivāsa” and “srinivasa” are one.

Signs that make another syllable stay: vowels of Indic and Thai letters, the virama, kana voicing.
"""

from itertools import groupby
from unicodedata import category, combining, normalize

LONGEST = 250
# Letters that are no letter with an accent to Unicode, but to whoever types them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")
_SYLLABLES = {0, 8, 9, 84, 91, 103, 107, 118, 122, 129, 130, 132}  # of combining()
_JOINERS = "\u200c\u200d"


def folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    letters = normalize("NFKD", normalize("NFKD", text).casefold()).translate(_PLAIN)
    return "".join(
        letter for letter in letters if combining(letter) in _SYLLABLES and letter not in _JOINERS
    )


def words_of(text: str) -> list[str]:
    """In order; “O'Brien” is one word, “Anne-Marie” two."""
    return _split(folded(text.translate(_APOSTROPHES)))


def words_to_find(name: str, email: str) -> set[str]:
    """All by which somebody is found."""
    words = {*words_of(name), *_split(folded(name)), whole(email)}
    return words - {""}


def whole(text: str) -> str:
    """One word, whatever is in it: an e-mail address; empty for more than one."""
    parts = folded(text).split()
    return parts[0][:LONGEST] if len(parts) == 1 and parts[0].isprintable() else ""


def _split(text: str) -> list[str]:
    if text.isascii() and text.isalnum():
        return [text[:LONGEST]]
    groups = groupby(text, key=lambda letter: category(letter)[0] in "LMN")
    return ["".join(letters)[:LONGEST] for is_word, letters in groups if is_word]
