"""After a change of the API: its chapter in docs/, made anew."""

from django.core.management.base import BaseCommand

from config.console.api_chapter import FILE, chapter


class Command(BaseCommand):
    help = "Writes the chapter about the calls of the API (for whoever changes them)"

    def handle(self, **_: object) -> None:
        FILE.write_text(chapter(), encoding="utf-8")
