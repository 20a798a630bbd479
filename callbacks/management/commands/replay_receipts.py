"""Process receipts again: all failed ones, or those that are named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from callbacks.models import Receipt, ReceiptState
from callbacks.receipts.replaying import replay
from providers.watch.actors import SYSTEM


class Command(BaseCommand):
    help = "Process failed receipts again, or the receipts whose numbers are given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("receipts", nargs="*", type=int, metavar="NUMBER")

    def handle(self, *_: Any, **options: Any) -> None:
        numbers: list[int] = options["receipts"]
        failed = Receipt.objects.filter(state=ReceiptState.FAILED)
        chosen = Receipt.objects.filter(pk__in=numbers) if numbers else failed
        self.stdout.write(f"{replay(chosen, by=SYSTEM)} receipts will be processed again.")
