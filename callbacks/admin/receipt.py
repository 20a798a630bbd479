"""Callbacks: every request as it came, what was understood of it, and what was not."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse

from callbacks.admin.receipt_filters import KINDS, KindFilter, ReceivedFilter, StateFilter
from callbacks.admin.replay_page import ReplayFailed, ReplayOne
from callbacks.admin.try_page import TryPage
from callbacks.inspecting.curl import as_curl
from callbacks.inspecting.receipt_story import MOST_FACTS, body_text, facts_of, held_words, is_cut
from callbacks.inspecting.tracing import trail_of
from callbacks.models import AccountNews, Receipt, ReceiptState
from campaigns.models import Message
from providers.admin.pages import Page
from providers.admin.pills import pill
from providers.admin.read_only import ReadOnlyAdmin, ReadOnlyPage
from providers.admin.row_numbers import row_number
from providers.admin.short_time import short_time
from providers.admin.walking import WalkingChangeList
from providers.people.access import access_of

NOT_FOUND = 404
COLOURS = {
    ReceiptState.WAITING: "grey",
    ReceiptState.APPLIED: "green",
    ReceiptState.NOT_UNDERSTOOD: "amber",
    ReceiptState.FAILED: "red",
}


def state_pill(receipt: Receipt) -> str:
    state = ReceiptState(receipt.state)
    return pill(COLOURS[state], state.label)


class ReceiptPage(ReadOnlyPage):
    """It explains it."""

    template = "callbacks/receipt.html"

    def about(self, request: HttpRequest, **named: Any) -> Receipt | None:
        """None for what was removed, what never was, and what is another project's."""
        rows = self.admin.get_queryset(request).select_related("project")
        found: Receipt | None = rows.filter(pk=row_number(named["object_id"])).first()
        return found

    def get(self, request: HttpRequest, receipt: Receipt | None) -> HttpResponse:
        return super().get(request, receipt) if receipt else self._gone(request)

    def _gone(self, request: HttpRequest) -> HttpResponse:
        shown = {"original": "Callback", "kept_days": settings.RECEIPT_KEEP_DAYS}
        gone = self.show(request, "callbacks/receipt_gone.html", title="Callback", **shown)
        gone.status_code = NOT_FOUND
        return gone

    def title(self, receipt: Receipt) -> str:
        return f"Callback {receipt.pk}"

    def shown(self, request: HttpRequest, receipt: Receipt) -> dict[str, Any]:
        facts = facts_of(receipt)
        may_replay = access_of(request).can_change
        return {
            "receipt": receipt,
            "state": state_pill(receipt),
            "kind": KINDS.get(receipt.kind, ""),
            "held": held_words(receipt),
            "facts": facts,
            "news": AccountNews.objects.filter(receipt=receipt).order_by("id")[:MOST_FACTS],
            "more_facts": receipt.facts - len(facts),
            "body": body_text(receipt),
            "is_cut": is_cut(receipt),
            "curl": as_curl(receipt),
            "can_replay": receipt.state != ReceiptState.WAITING and may_replay,
        }


class TrailPart(Page):
    """All callbacks about a message, for its page."""

    address, name = "about/<int:pk>/", "about"
    template = "callbacks/trail.html"

    def about(self, request: HttpRequest, **named: Any) -> Message:
        rows = Message.objects.filter(project=self.project(request), pk=named["pk"])
        if message := rows.first():
            return message
        raise Http404("No such message in this project.")

    def get(self, request: HttpRequest, message: Message) -> HttpResponse:
        return self.part(request, trail=trail_of(message))


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    pages = (ReceiptPage, TrailPart, TryPage, ReplayOne, ReplayFailed)
    change_list = WalkingChangeList
    change_list_template = "callbacks/receipt_list.html"
    list_display = ["received", "kind_shown", "state_shown", "held_shown", "address"]
    list_display_links = ["received"]
    list_filter = [StateFilter, KindFilter, ReceivedFilter]
    ordering = ["-id"]

    class Media:
        css = {"all": ["campaigns/campaigns.css", "callbacks/callbacks.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.kwargs.get("object_id") is None
        return rows.defer("body") if is_list else rows

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        access = self.access(request)
        failed = Receipt.objects.filter(project=access.project, state=ReceiptState.FAILED).exists()
        return {"can_replay": failed and access.can_change}

    @admin.display(description="Received")
    def received(self, receipt: Receipt) -> str:
        return short_time(receipt.received_at)

    @admin.display(description="Kind")
    def kind_shown(self, receipt: Receipt) -> str:
        return KINDS.get(receipt.kind, "")

    @admin.display(description="State")
    def state_shown(self, receipt: Receipt) -> str:
        return state_pill(receipt)

    @admin.display(description="What it held")
    def held_shown(self, receipt: Receipt) -> str:
        return held_words(receipt)

    @admin.display(description="Posted to")
    def address(self, receipt: Receipt) -> str:
        return f"{receipt.method} /gupshup/{receipt.endpoint}"
