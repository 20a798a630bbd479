"""The words by which people leave and come back: a list of a project, written one per line."""

from dataclasses import dataclass

MOST_WORDS = 50
LONGEST = 40  # characters


class KeywordError(Exception):
    """Why this list can't be used, in words for the person who wrote it."""


@dataclass(frozen=True)
class Keywords:
    opt_out: tuple[str, ...]
    opt_in: tuple[str, ...]

    def shared(self) -> list[str]:
        """Words that stand in both lists, so that nobody could say what they mean."""
        others = {word.casefold() for word in self.opt_in}
        return [word for word in self.opt_out if word.casefold() in others]


def read_words(text: str) -> list[str]:
    """One word or phrase a line; blank lines and repetitions are dropped."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    words = list({line.casefold(): line for line in reversed(lines) if line}.values())[::-1]
    if len(words) > MOST_WORDS:
        raise KeywordError(f"That are {len(words)} words; at most {MOST_WORDS} can be used.")
    if too_long := next((word for word in words if len(word) > LONGEST), None):
        raise KeywordError(
            f"“{too_long[:20]}…” is too long: a word or phrase has at most {LONGEST} characters."
        )
    return words
