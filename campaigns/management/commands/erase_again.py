"""After a backup was restored: whoever was erased since it was made is erased once more."""

from typing import Any

from django.core.management.base import BaseCommand

from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.audience.erasing.journal import erase_again


class Command(BaseCommand):
    help = (
        "Erase once more whom a restored backup has brought back, by the journal in the folder "
        "“erasures” of MEDIA_ROOT. Run it before anything is started."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        back = erase_again()
        carry_out()
        self.stdout.write(f"{back} people had come back and are erased.")
