"""Shows what Kabootar makes of one callback: the same code that processes receipts. What it doesn't
understand is tried once more as a print of a callback, by a log or by documentation.

Touches neither the database nor the network.
"""

import json
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from callbacks.parsers import Parsed, parse, parsed_as_json
from callbacks.parsers.printed import as_sent

STANDARD_INPUT = "-"
FORM = "application/x-www-form-urlencoded"


class Command(BaseCommand):
    help = (
        "Print what a callback means, as JSON. Exits with 1 where it is not understood. "
        "A file named *.form.txt is a form body, *.query.txt a query string, any other a body."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the callback's body, or - for standard input")
        parser.add_argument("--content-type", default="", help="as in the request's header")
        parser.add_argument("--query", default="", help="the request's query string")

    def handle(self, *_args: object, file: str, **options: str) -> None:
        body, query = _content(file), options["query"]
        content_type = options["content_type"]
        if file.endswith(".query.txt"):
            query = "&".join(filter(None, (query, _query_of(body))))
            body = b""
        elif file.endswith(".form.txt"):
            content_type = content_type or FORM
        parsed = _parsed(body, content_type=content_type, query=query)
        if body and not parsed.facts:
            printed = as_sent(body.decode("utf-8", "replace")).encode()
            as_printed = _parsed(printed, content_type=content_type, query=query)
            parsed = as_printed if as_printed.facts else parsed
        self.stdout.write(json.dumps(parsed_as_json(parsed), indent=2))
        if parsed.kind == "unknown":
            sys.exit(1)


def _parsed(body: bytes, *, content_type: str, query: str) -> Parsed:
    return parse(
        body,
        content_type=content_type,
        query=query,
        received_at=datetime.now(UTC),
        click_zone=ZoneInfo(settings.CLICK_TIME_ZONE),
    )


def _content(file: str) -> bytes:
    limit = settings.CALLBACK_MAX_BYTES
    try:
        if file == STANDARD_INPUT:
            content = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(file).open("rb") as source:
                content = source.read(limit + 1)
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}") from None
    except ValueError:
        raise CommandError("Cannot read a file of that name") from None
    if len(content) > limit:
        raise CommandError(f"{file} is larger than {limit:,} bytes, the most a callback may have")
    return content


def _query_of(content: bytes) -> str:
    """A query string, also as the tail of a whole address."""
    text = content.decode("utf-8", "replace").strip()
    return text.partition("?")[2] if text.startswith(("http://", "https://", "/")) else text
