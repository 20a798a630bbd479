"""The properties of many, of whom the same is asked again and again: a number is looked for among
all that they have, in their order, instead of being compared with each of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

EXACT = 2.0**53  # each whole number below is a float


class Numbers(NamedTuple):
    """What they have under one name. `values` go up, and `places` says whose each is; who has a
    number that may be no float of its own is among `large`, and who has none is in `without`."""

    values: Sequence[float]
    places: Sequence[int]
    large: Sequence[int]
    without: Sequence[int]


class Many:
    def __init__(self, properties: Iterable[Mapping[str, Any]]) -> None:
        self.properties = list(properties)
        self._numbers: dict[str, Numbers] = {}

    def numbers(self, name: str) -> Numbers:
        if name not in self._numbers:
            self._numbers[name] = _in_order([these.get(name) for these in self.properties])
        return self._numbers[name]


def _in_order(found: Sequence[Any]) -> Numbers:
    places: list[int] = []
    large: list[int] = []
    without: list[int] = []
    for place, have in enumerate(found):
        if type(have) is not float and type(have) is not int:
            without.append(place)
        elif -EXACT < have < EXACT:
            places.append(place)
        else:
            large.append(place)
    places.sort(key=found.__getitem__)
    return Numbers([found[place] for place in places], places, large, without)
