"""How many small wrongs in these modules the tests notice.

    python -m tests.mutants campaigns/sending/recording.py tests/campaigns/sending/test_recording.py

Modules first, then the tests that are to notice. All mutants of a module are tried, each in a child
of one process that has collected the tests and made the database; it stops at the first failure.
Says which ones nobody noticed.
"""

import argparse
import sys
from collections.abc import Sequence

import pytest

from tests.mutants.trying import Trying


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("paths", nargs="+", help="modules, then tests")
    parser.add_argument("--every", type=int, default=1, help="of so many mutants one is tried")
    options = parser.parse_args(arguments)
    tests = [path for path in options.paths if path.startswith("tests/")]
    modules = [path for path in options.paths if path not in tests]
    return int(pytest.main(["-q", *tests], plugins=[Trying(modules, every=options.every)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
