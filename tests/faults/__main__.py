"""`make faults`: every fault several times, each time with another seed; a line of JSON a fault."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import django

from tests.faults.lanes import SETTINGS, Lanes

LANES = 3
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
    with Lanes(options.lanes) as lanes:
        plays = {
            name: [
                lanes.submit(name, seed=seed, quick=options.quick) for seed in range(options.seeds)
            ]
            for name in names
        }
        for futures in plays.values():
            verdict = fault.added_up(_verdict(future.result()) for future in futures)
            print(json.dumps(verdict.as_json()), flush=True)
            holds = holds and verdict.holds
    return holds


def _verdict(said: dict[str, Any]) -> Any:
    return import_module("tests.faults.fault").Verdict(**said)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"runs of each ({SEEDS})")
    parser.add_argument("--lanes", type=int, default=LANES, help=f"how many at once ({LANES})")
    parser.add_argument("--quick", action="store_true", help="as in the test suite")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
