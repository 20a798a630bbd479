"""JSON with holes: everything that is the same for all messages is written once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from typing import Self


@dataclass(frozen=True, slots=True)
class Hole:
    """Where the value of the slot `key` will stand; `otherwise` where that value is empty. A
    number stands without quotes."""

    key: str
    otherwise: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`holes` are (position of the value, otherwise, is a number, the JSON that follows)."""

    start: str
    holes: tuple[tuple[int, str, bool, str], ...]

    @classmethod
    def of(cls, node: object, keys: Sequence[str]) -> Self:
        """`keys` are those of the values, in the order in which they will come."""
        start, *rest = _joined(_pieces(node))
        holes, texts = rest[0::2], rest[1::2]
        return cls(
            str(start),
            tuple(
                (keys.index(hole.key), hole.otherwise, hole.is_number, str(text))
                for hole, text in zip(holes, texts, strict=True)
                if isinstance(hole, Hole)
            ),
        )

    def fill(self, values: Sequence[str]) -> str:
        """Numbers have to be such already."""
        text = self.start
        for position, otherwise, is_number, after in self.holes:
            value = values[position] or otherwise
            text += (value if is_number else quoted(value)) + after
        return text


def _pieces(node: object) -> Iterator[str | Hole]:
    if isinstance(node, Hole):
        yield node
    elif isinstance(node, Mapping):
        yield "{"
        for number, (key, value) in enumerate(node.items()):
            yield f"{',' if number else ''}{quoted(key)}:"
            yield from _pieces(value)
        yield "}"
    elif isinstance(node, list | tuple):
        yield "["
        for number, value in enumerate(node):
            yield "," if number else ""
            yield from _pieces(value)
        yield "]"
    else:
        yield str(node) if isinstance(node, int) else quoted(str(node))


def _joined(pieces: Iterator[str | Hole]) -> list[str | Hole]:
    """Text and hole by turns, beginning and ending with a text."""
    joined: list[str | Hole] = [""]
    for piece in pieces:
        if isinstance(piece, Hole):
            joined += [piece, ""]
        else:
            joined[-1] = f"{joined[-1]}{piece}"
    return joined
