"""One text being made for one person: in which zone, and what it has cost so far.

The cost is counted in steps and characters, never in time: on a busy machine a good message would
be left out.
"""

from contextvars import ContextVar
from datetime import UTC, tzinfo

TEXT_MAX = 16_384  # characters of a property, or of a text in the making; WhatsApp takes far less
STEPS_MAX = 200
CHARACTERS_MAX = 4 * TEXT_MAX


class OverBudgetError(Exception):
    """No text that anybody could be sent costs as much."""


class Making:
    """`zone` is the one in which moments are told."""

    __slots__ = ("characters", "steps", "zone")

    def __init__(self, *, zone: tzinfo = UTC) -> None:
        self.zone = zone
        self.steps = 0
        self.characters = 0

    def spend(self, characters: int) -> None:
        """One step, which looks at so many characters. Asked before it is made."""
        self.steps += 1
        self.characters += characters
        if self.steps > STEPS_MAX or self.characters > CHARACTERS_MAX:
            raise OverBudgetError


MAKING: ContextVar[Making] = ContextVar("MAKING")


def check_length(length: int) -> None:
    """Asked before a text of that length is made."""
    if length > TEXT_MAX:
        raise OverBudgetError
