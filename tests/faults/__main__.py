"""`make faults`: every fault several times, each time with another seed; a line of JSON a fault."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from operator import itemgetter
from typing import Any

import django

from tests.faults.lanes import SETTINGS, Lanes

LANES = 5
SEEDS = 10


def main() -> int:
    options = _options()
    os.environ |= SETTINGS
    django.setup()
    known: list[str] = list(import_module("tests.faults.registry").FAULTS)  # reads models
    names = options.only.split(",") if options.only else known
    if unknown := set(names) - set(known):
        sys.exit(f"No such fault: {', '.join(sorted(unknown))}. There are {', '.join(known)}.")
    return 0 if _play(names, options) else 1


def _play(names: Sequence[str], options: argparse.Namespace) -> bool:
    """Did everything hold?"""
    fault = import_module("tests.faults.fault")
    holds = True
    with Lanes(options.lanes, names, said=_tell) as lanes:
        plays = {
            (name, seed): lanes.submit(name, seed=seed, quick=options.quick, size=options.size)
            for name, seed in _in_order(names, _seeds(options))
        }
        for name in names:
            futures = [plays[name, seed] for seed in _seeds(options)]
            verdict = fault.added_up(_verdict(future.result()) for future in futures)
            print(json.dumps(verdict.as_json()), flush=True)
            holds = holds and verdict.holds
    return holds


def _in_order(names: Sequence[str], seeds: Sequence[int]) -> list[tuple[str, int]]:
    """Fault by fault; but those that only wait are spread among the others, which leaves the
    machine to these."""
    faults = import_module("tests.faults.registry").FAULTS
    groups = ([n for n in names if faults[n].waits], [n for n in names if not faults[n].waits])
    placed = []
    for group in groups:
        plays = [(name, seed) for name in group for seed in seeds]
        placed += [(place / len(plays), play) for place, play in enumerate(plays)]
    return [play for _, play in sorted(placed, key=itemgetter(0))]


def _seeds(options: argparse.Namespace) -> Sequence[int]:
    return range(options.seeds) if options.seed is None else [options.seed]


def _tell(fault: str, seed: int, seconds: float, problems: Sequence[str]) -> None:
    """On standard error, play by play: what is under way, and with which seed to play it again."""
    outcome = "; ".join(problem.strip() for problem in problems) or "held"
    print(f"{fault}, seed {seed}, {seconds:.1f} s: {outcome}", file=sys.stderr, flush=True)


def _verdict(said: dict[str, Any]) -> Any:
    return import_module("tests.faults.fault").Verdict(**said)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"runs of each ({SEEDS})")
    parser.add_argument("--seed", type=int, help="this one alone, to see a failure again")
    parser.add_argument("--lanes", type=int, default=LANES, help=f"how many at once ({LANES})")
    parser.add_argument("--size", type=int, default=0, help="people in each, instead of 400")
    parser.add_argument("--quick", action="store_true", help="as in the test suite")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
