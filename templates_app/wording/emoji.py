"""Counting emoji as people see them: a family or a flag of several code points is one."""

from emoji import EMOJI_DATA, STATUS, emoji_list

PICTURES = "\U0001f000"  # from here on, and among the symbols, all are drawn in colour
SYMBOLS = ("\u2600", "\u27bf")


def count_emoji(text: str) -> int:
    """Signs like ™ and ↔ count only where a selector makes them emoji."""
    return sum(_is_drawn(found["emoji"]) for found in emoji_list(text))


def _is_drawn(emoji: str) -> bool:
    if EMOJI_DATA[emoji]["status"] != STATUS["unqualified"]:
        return True
    return emoji[0] >= PICTURES or SYMBOLS[0] <= emoji[0] <= SYMBOLS[1]
