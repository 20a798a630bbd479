"""How full a project's catalogue is, said above its list before programs run into its end."""

from dataclasses import dataclass

NEARLY = 0.9


@dataclass(frozen=True, slots=True)
class Fullness:
    count: int
    most: int

    @property
    def is_full(self) -> bool:
        return self.count >= self.most


def fullness(count: int, most: int) -> Fullness | None:
    """None where there is room enough."""
    return Fullness(count, most) if count >= NEARLY * most else None
