"""The words by which people leave and come back: a list of a project, written one per line."""

from collections.abc import Iterable

from providers.refusals import Refusal

MOST_WORDS = 50
LONGEST = 40  # characters


class WordListError(Refusal):
    """Why this list can't be used, in words for the person who wrote it."""

    code = "project.word_list"


def read_words(text: str) -> list[str]:
    """One word or phrase a line; blank lines and repetitions are dropped."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    by_spelling: dict[str, str] = {}
    for line in filter(None, lines):
        by_spelling.setdefault(line.casefold(), line)
    words = list(by_spelling.values())
    if len(words) > MOST_WORDS:
        raise WordListError(f"These are {len(words)} words; at most {MOST_WORDS} can be used.")
    if too_long := next((word for word in words if len(word) > LONGEST), None):
        raise WordListError(
            f"“{too_long[:20]}…” is too long: a word or phrase has at most {LONGEST} characters."
        )
    return words


def in_both(words: Iterable[str], others: Iterable[str]) -> list[str]:
    """Words that stand in both lists, so that nobody could say what they mean."""
    known = {word.casefold() for word in others}
    return [word for word in words if word.casefold() in known]
