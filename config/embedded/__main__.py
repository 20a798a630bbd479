"""python -m config.embedded run|demo|smoke"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from config.embedded.demo import demo, smoke
from config.embedded.errors import RunOverError
from config.embedded.local_folder import FolderInUseError
from config.embedded.running import run


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _start(options)
    except RunOverError as over:
        _complain(over.message)
        return over.exit_code
    except FolderInUseError as in_use:
        _complain(str(in_use))
    except OSError as error:  # a folder that belongs to somebody else, a full disk
        _complain(f"{error.filename or 'The embedded runtime'}: {error.strerror}.")
    return 1


def _start(options: argparse.Namespace) -> int:
    if options.what == "demo":
        return demo()
    if options.what == "smoke":
        return smoke()
    return run(options.command, keep=options.keep, durable=options.durable)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.embedded")
    whats = parser.add_subparsers(dest="what", required=True)
    whats.add_parser("demo", help="the whole product with data that stay under .local")
    whats.add_parser("smoke", help="the demo without a person, on data of its own")
    run_parser = whats.add_parser("run", help="a command with DATABASE_URL and REDIS_URL")
    run_parser.add_argument("--keep", type=Path, metavar="FOLDER", help="data stay in this folder")
    run_parser.add_argument(
        "--durable", action="store_true", help="write to the disk as in production (benchmarks)"
    )
    run_parser.add_argument("command", nargs="+", metavar="-- COMMAND")
    return parser


def _complain(message: str) -> None:
    sys.stderr.write(f"{message}\n")


if __name__ == "__main__":
    sys.exit(main())
