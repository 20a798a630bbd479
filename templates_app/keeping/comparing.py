"""What differs between two wordings, part by part and word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

from templates_app.wording.components import Button, Card, Header, HeaderKind, Text, Wording

# Words, blanks and signs each by themselves, so that a changed word stands out alone.
PIECES = re.compile(r"\w+|\s+|[^\w\s]")


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    change: Change
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One part that differs; `label` is what the editor calls it."""

    label: str
    pieces: tuple[Piece, ...]


def differences(old: Wording, new: Wording) -> list[Difference]:
    """In the order of the newer wording; what only the older one had comes last."""
    before, after = dict(_parts(old)), dict(_parts(new))
    labels = [*after, *(label for label in before if label not in after)]
    return [
        Difference(label=label, pieces=_pieces(before.get(label, ""), after.get(label, "")))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    before, after = PIECES.findall(old), PIECES.findall(new)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Change.SAME, "".join(before[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(Piece(Change.REMOVED, "".join(before[i1:i2])))
        if j1 < j2:
            pieces.append(Piece(Change.ADDED, "".join(after[j1:j2])))
    return tuple(pieces)


def _parts(wording: Wording) -> Iterator[tuple[str, str]]:
    if wording.header is not None:
        yield "Header", _header(wording.header)
    if wording.offer is not None:
        counts_down = ", with a countdown" if wording.offer.has_expiration else ""
        yield "Offer", f"{wording.offer.text}{counts_down}"
    if wording.body is not None:
        yield "Message", wording.body.text
        yield from _samples(wording.body)
    if wording.footer:
        yield "Footer", wording.footer
    for number, button in enumerate(wording.buttons, 1):
        yield f"Button {number}", _button(button)
    for number, card in enumerate(wording.cards or (), 1):
        for label, text in _card(card):
            yield f"Card {number}: {label}", text


def _card(card: Card) -> Iterator[tuple[str, str]]:
    yield from _parts(Wording(header=card.header, body=card.body, buttons=card.buttons))


def _samples(text: Text) -> Iterator[tuple[str, str]]:
    if text.samples:
        named = zip_longest(text.names, text.samples, fillvalue="")
        yield "Samples", ", ".join(f"{name}: {sample}" for name, sample in named)


def _header(header: Header) -> str:
    if header.kind is HeaderKind.TEXT:
        return header.text.text
    return f"{header.given.capitalize()} {header.media_sample}".strip()


def _button(button: Button) -> str:
    kind = button.kind.value.replace("_", " ").lower()
    return " · ".join(part for part in (kind, button.label, button.value, button.sample) if part)
