"""Exports of what happened on some days: events, what people wrote, opt-outs."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.utils import timezone

from campaigns.admin.lists.export_dialog import ExportDialog
from campaigns.models import ExportKind, MessageKind
from campaigns.results.exports.whom import Wish, of_days, of_messages
from campaigns.results.people_behind import Behind, read_behind, words_of
from providers.models import Project

USUAL = timedelta(days=30)
DAYS = ("first", "last")


class ExportDays(ExportDialog):
    kind: ExportKind
    about_words: str

    def wish(self, request: HttpRequest, about: Project) -> Wish:
        return of_days(self.kind, *_days_given(request))

    def more(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        today = timezone.now().astimezone(ZoneInfo(about.time_zone)).date()
        usual = [(today - USUAL).isoformat(), today.isoformat()]
        sent = request.POST if request.method == "POST" else request.GET
        given = [sent.get(name, "")[:10] for name in DAYS]
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


class ExportMessagesOfDays(ExportDays):
    """Those that the list of messages shows, by its filters."""

    address, name = "messages/", "messages"
    kind = ExportKind.MESSAGES
    title = "Export messages"
    about_words = ""  # as the filters have it

    def wish(self, request: HttpRequest, about: Project) -> Wish:
        behind, kind = _messages_asked(request)
        return of_messages(*_days_given(request), behind, kind)

    def more(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        behind, kind = _messages_asked(request)
        asked = {"slice": behind.slice, "reason": behind.reason, "code": behind.code, "kind": kind}
        return {
            **super().more(request, about),
            "about_words": _messages_in_words(behind, kind),
            "asked": asked.items(),
        }


EXPORTS_OF_DAYS = (ExportMessagesOfDays, ExportEvents, ExportInbound, ExportOptOuts)


def _days_given(request: HttpRequest) -> tuple[date | None, date | None]:
    first, last = (_day(request.POST.get(name, "")) for name in DAYS)
    return first, last


def _messages_asked(request: HttpRequest) -> tuple[Behind, str]:
    """What of them is wanted, and of which kind; of each kind where none is named."""
    sent = request.POST if request.method == "POST" else request.GET
    names = {name: sent.get(name, "") for name in ("reason", "code")}
    behind = read_behind({"slice": sent.get("slice") or "targeted", **names})
    kind = sent.get("kind", "")
    if behind is None or kind not in ("", *map(str, MessageKind.values)):
        raise Http404
    return behind, kind


def _messages_in_words(behind: Behind, kind: str) -> str:
    """Like “Messages of all kinds: failed, code 101”."""
    whose = f"{MessageKind(int(kind)).label}: " if kind else "Messages of all kinds: "
    what = "" if behind.slice == "targeted" else words_of(behind).lower()
    code = f"code {behind.code}" if behind.code else ""
    return whose + (", ".join(filter(None, (what, code))) or "whatever became of them")


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return None
