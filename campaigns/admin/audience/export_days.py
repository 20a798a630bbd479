"""Exports of what happened on some days: events, what people wrote, opt-outs."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from campaigns.admin.lists.export_dialog import ExportDialog
from campaigns.models import ExportKind
from campaigns.results.exports.whom import Wish, of_days
from providers.models import Project

USUAL = timedelta(days=30)


class ExportDays(ExportDialog):
    kind: ExportKind
    about_words: str

    def wish(self, request: HttpRequest, about: Project) -> Wish:
        first, last = (_day(request.POST.get(name, "")) for name in ("first", "last"))
        return of_days(self.kind, first, last)

    def more(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        today = timezone.now().astimezone(ZoneInfo(about.time_zone)).date()
        usual = [(today - USUAL).isoformat(), today.isoformat()]
        given = [request.POST.get(name, "")[:10] for name in ("first", "last")]
        return {"about_words": self.about_words, "days": given if any(given) else usual}


class ExportEvents(ExportDays):
    address, name = "events/", "events"
    kind = ExportKind.EVENTS
    title = "Export events"
    about_words = "What people did: with your messages, and your own custom events."


class ExportInbound(ExportDays):
    address, name = "inbound/", "inbound"
    kind = ExportKind.INBOUND
    title = "Export what people wrote"
    about_words = "Every message that people wrote to you, and what came of it."


class ExportOptOuts(ExportDays):
    address, name = "opt-outs/", "opt_outs"
    kind = ExportKind.OPT_OUTS
    title = "Export opt-outs"
    about_words = "Who left, when, and how: by a word, a button, in WhatsApp, a file or one of you."


EXPORTS_OF_DAYS = (ExportEvents, ExportInbound, ExportOptOuts)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return None
