"""`make smoke`: the product played through without a person, every number checked."""

import sys

from django.core.management.base import BaseCommand, CommandError

from config.demo.campaign import DemoError
from config.demo.smoke import Check, play
from config.demo.surroundings import NotInDemoError, Surroundings


class Command(BaseCommand):
    help = "Plays through the demo and checks every number (make smoke calls this)"

    def handle(self, **_: object) -> None:
        try:
            checks = play(Surroundings.read(), self.stdout.write)
        except (NotInDemoError, DemoError, TimeoutError) as error:
            raise CommandError(str(error)) from None
        for check in checks:
            self.stdout.write(_line(check))
        wrong = sum(not check.holds for check in checks)
        self.stdout.write(f"\n{len(checks) - wrong} of {len(checks)} numbers are right.")
        sys.exit(1 if wrong else 0)


def _line(check: Check) -> str:
    verdict = "ok" if check.holds else f"WRONG, should be {check.right}"
    return f"  {check.what:<34}{check.found:>6}  {verdict}"
