"""What stands in a report by mail, and how it is set: as plain text and as HTML, of one content.

Numbers and names of campaigns alone: no phone, and nobody's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Fact:
    """`more` says what the number is a share of, or how it was before; it may be empty."""

    label: str
    number: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    name: str
    words: str
    link: str


@dataclass(frozen=True, slots=True)
class Letter:
    """`notes` are whole sentences."""

    subject: str
    opening: str
    facts: Sequence[Fact]
    link: str
    link_words: str
    settings_at: str
    project: str
    listed_title: str = ""
    listed: Sequence[Linked] = field(default=())
    notes: Sequence[str] = field(default=())


def written(letter: Letter) -> tuple[str, str]:
    """As text, and as HTML."""
    shown = {"letter": letter}
    text = render_to_string("campaigns/mail/report.txt", shown)
    return text, render_to_string("campaigns/mail/report.html", shown)
