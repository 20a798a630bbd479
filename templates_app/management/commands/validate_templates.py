"""Judges template files without the database and without the network."""

import json
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from templates_app.incoming.judging_files import judge_file


class Command(BaseCommand):
    help = (
        "Judge templates in Meta's JSON form by the rules of their type: one line of JSON a "
        "template. "
        "Exits with 1 if any has an error."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument(
            "--submit",
            action="store_true",
            help="judge as for submitting to Meta: samples that are missing are errors then",
        )

    def handle(self, *_args: object, files: list[str], submit: bool, **_options: object) -> None:
        valid = True
        for file in files:
            for judged in judge_file(file, submitting=submit):
                valid = valid and judged.is_valid
                self.stdout.write(json.dumps(judged.as_json()))
        if not valid:
            sys.exit(1)
