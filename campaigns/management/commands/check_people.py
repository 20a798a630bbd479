"""Shows what an import would make of a file of people: the same code that imports it.

Touches neither the database nor the network.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from campaigns.audience.imports.judging_file import judge_file
from providers.phones.countries import countries


class Command(BaseCommand):
    help = (
        "Print what an import would make of a file of people, as JSON: its columns as guessed, "
        "the rows that would be refused, the first person. Exits with 1 where the whole file is "
        "refused."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV file or an Excel workbook")
        parser.add_argument(
            "--country",
            default="IN",
            choices=[country.code for country in countries()],
            metavar="CODE",
            help="whose national numbers have no country code, as in IN (the default)",
        )

    def handle(self, *_args: object, file: str, country: str, **_options: object) -> None:
        try:
            judged = judge_file(Path(file), country=country)
        except (OSError, ValueError) as error:
            raise CommandError(f"Cannot read {file}: {error}") from None
        self.stdout.write(json.dumps(judged))
        if "error" in judged:
            sys.exit(1)
