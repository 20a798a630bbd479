"""After a new key was put in front of CREDENTIAL_KEYS: put everything under it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from providers.connection.reencrypting import columns, reencrypt_column


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret with the first key of CREDENTIAL_KEYS. Once it says so, the "
        "other keys can be taken out."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        lost = 0
        for column in columns():
            outcome = reencrypt_column(column)
            lost += len(outcome.unreadable)
            self.stdout.write(f"{column}: {outcome.done} under the newest key")
            if outcome.unreadable:
                rows = ", ".join(outcome.unreadable[:20])
                self.stderr.write(f"{column}: no key of CREDENTIAL_KEYS opens row {rows}")
        if lost:
            raise CommandError(
                f"{lost} secrets could not be read, so keep every old key: add the one that is "
                "missing and run this again, or have these secrets entered anew."
            )
        self.stdout.write("Everything is under the newest key. The other keys can go.")
