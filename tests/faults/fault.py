"""What a fault is, and how one is judged."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from tests.faults.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Of one or more runs of a fault, in people. `in_doubt`: nobody knows whether they got it.
    `problems`: whatever else did not hold, in words. `skipped`: why it could not be run here."""

    fault: str
    runs: int = 1
    people: int = 0
    reached_once: int = 0
    doubled: int = 0
    lost: int = 0
    in_doubt: int = 0
    counters_ok: bool = True
    problems: Sequence[str] = field(default_factory=tuple)
    skipped: str = ""

    @property
    def holds(self) -> bool:
        return self.counters_ok and not (self.doubled or self.lost or self.problems)

    def as_json(self) -> dict[str, Any]:
        """Problems and the reason for a skip stand there only where there are some."""
        return {key: value for key, value in asdict(self).items() if key in SHOWN or value}


SHOWN = ("fault", "runs", "people", "reached_once", "doubled", "lost", "in_doubt", "counters_ok")


def added_up(verdicts: Iterable[Verdict]) -> Verdict:
    """Of several runs of one fault; a skipped one is no run."""
    all_of_them = list(verdicts)
    played = [verdict for verdict in all_of_them if not verdict.skipped]
    return Verdict(
        fault=all_of_them[0].fault,
        runs=len(played),
        people=sum(v.people for v in played),
        reached_once=sum(v.reached_once for v in played),
        doubled=sum(v.doubled for v in played),
        lost=sum(v.lost for v in played),
        in_doubt=sum(v.in_doubt for v in played),
        counters_ok=all(v.counters_ok for v in played),
        problems=[problem for v in played for problem in v.problems],
        skipped=next((v.skipped for v in all_of_them if v.skipped), ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One run. `quick`: few people and outages of seconds, for the test suite."""

    seed: int
    quick: bool
    size: int = 0
    """So many people, where a fault is played by hand among very many."""

    def seconds(self, *, quick: float, full: float) -> float:
        return quick if self.quick else full

    def outage(self) -> float:
        """Seconds that a store is away where it is away for long."""
        return self.seconds(quick=3.0, full=60.0)

    def amount(self, *, quick: int, full: int) -> int:
        return quick if self.quick else full

    def people(self, *, quick: int = 120, full: int = 400) -> int:
        return self.size or self.amount(quick=quick, full=full)


class Fault(ABC):
    """One thing that breaks. The docstring says what; the class is named like it."""

    waits: ClassVar[bool] = False
    """Whether it does nothing for most of its time."""

    @classmethod
    def name(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod  # noqa: B027 - most have nothing to prepare
    def prepare(cls, world: World) -> None:
        """What takes long and can be done while the world comes up."""

    @abstractmethod
    def play(self, world: World, play: Play) -> Verdict:
        """Breaks it once, waits until all is over, and judges."""
