"""Runs the benchmarks that are asked for, one after the other, on a database of their own."""

import argparse
import os
import sys
from importlib import import_module

import django

DEFAULT_SIZE = 20_000


def main() -> int:
    options = _options()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    django.setup()
    registry = import_module("tests.benchmarks.registry")  # reads models, so not earlier
    names = options.only.split(",") if options.only else list(registry.BENCHMARKS)
    if unknown := set(names) - set(registry.BENCHMARKS):
        sys.exit(
            f"No such benchmark: {', '.join(sorted(unknown))}. "
            f"There are {', '.join(registry.BENCHMARKS)}."
        )
    registry.prepare_database()
    for name in names:
        size = options.size or registry.SIZES.get(name, DEFAULT_SIZE)
        print(f"\n== {name}, size {size:,}", flush=True)
        registry.BENCHMARKS[name](size)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--size", type=int, default=0, help="messages or people")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
