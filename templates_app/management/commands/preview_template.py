"""Draws a template file as a phone shows it, for people who keep their templates in git."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from templates_app.incoming.documents import Document, UnreadableError
from templates_app.incoming.judging_files import read_file
from templates_app.incoming.standalone_preview import standalone_preview


class Command(BaseCommand):
    help = (
        "Write a page that shows the template on a phone, with its samples, and what the rules say "
        "about it. The page needs nothing but itself."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a template in Meta's JSON form")
        parser.add_argument("--out", required=True, metavar="PAGE", help="the page to write")

    def handle(self, *_args: object, file: str, out: str, **_options: object) -> None:
        try:
            page = standalone_preview(_only_one(read_file(file)))
        except UnreadableError as unreadable:
            raise CommandError(f"{file}: {unreadable}") from None
        try:
            Path(out).write_text(page, encoding="utf-8", errors="replace")
        except OSError as error:
            raise CommandError(f"Cannot write {out}: {error.strerror}") from None
        self.stdout.write(f"{out}: {file} on a phone")


def _only_one(found: list[Document | UnreadableError]) -> Document:
    if len(found) > 1:
        raise CommandError(f"It holds {len(found):,} templates: give a file for one of them")
    if isinstance(found[0], UnreadableError):
        raise found[0]
    return found[0]
