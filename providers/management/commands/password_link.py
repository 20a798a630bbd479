"""manage.py password_link NAME: for somebody who can't get in, and for an operator above all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from providers.models import User
from providers.people import two_factor
from providers.people.passwords import make_reset_link
from providers.people.sign_in_limits import forget
from providers.watch.actors import SYSTEM


class Command(BaseCommand):
    help = "Prints a link with which a person sets a new password: good once, for a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")
        parser.add_argument(
            "--reset-second-factor",
            action="store_true",
            help="switch the person's second factor off as well, and end their sessions",
        )

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError("Nobody has this user name.")
        note = "With manage.py"
        if options["reset_second_factor"]:
            two_factor.reset(user, by=SYSTEM, note=note)
        forget(user.get_username())
        self.stdout.write(make_reset_link(user, by=SYSTEM, note=note))
