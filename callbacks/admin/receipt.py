"""Callbacks: every request as it came, what was understood of it, and what was not."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from callbacks.admin.receipt_filters import KINDS, KindFilter, PeriodFilter, StateFilter
from callbacks.admin.replay_page import ReplayPage
from callbacks.admin.try_page import TryPage
from callbacks.inspecting.curl import as_curl
from callbacks.inspecting.receipt_story import MOST_FACTS, body_text, facts_of, held, is_cut
from callbacks.inspecting.tracing import trail_of
from callbacks.models import AccountNews, Receipt, ReceiptState
from campaigns.admin.lists.times import short_time
from campaigns.admin.lists.walking import WalkingChangeList
from campaigns.models import Message
from providers.admin.row_numbers import row_number

COLOURS = {
    ReceiptState.WAITING: "grey",
    ReceiptState.APPLIED: "green",
    ReceiptState.NOT_UNDERSTOOD: "amber",
    ReceiptState.FAILED: "red",
}


def state_pill(receipt: Receipt) -> str:
    state = ReceiptState(receipt.state)
    return format_html('<span class="kb-pill kb-{}">{}</span>', COLOURS[state], state.label)


@admin.register(Receipt)
class ReceiptAdmin(TryPage, ReplayPage):
    role_to_add = role_to_change = None
    change_list_template = "callbacks/receipt_list.html"
    list_display = ["received", "kind_shown", "state_shown", "held_shown", "address"]
    list_display_links = ["received"]
    list_filter = [StateFilter, KindFilter, PeriodFilter]
    ordering = ["-id"]
    actions = None
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER  # it would count all receipts for each choice

    class Media:
        css = {"all": ["campaigns/campaigns.css", "callbacks/callbacks.css"]}

    def get_urls(self) -> list[URLPattern]:
        trail = self.admin_site.admin_view(require_GET(self.trail_view))
        return [
            path("about/<int:pk>/", trail, name="callbacks_receipt_about"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return WalkingChangeList

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.kwargs.get("object_id") is None
        return rows.defer("body") if is_list else rows

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        project = self.access(request).project
        failed = Receipt.objects.filter(project=project, state=ReceiptState.FAILED).exists()
        can_replay = failed and self.may_replay(request)
        context = {"can_replay": can_replay, **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Nothing about a receipt can be changed: its page explains it."""
        receipt = self._found(request, object_id)
        if receipt is None:
            return self._gone(request)
        facts = facts_of(receipt)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Callback {receipt.pk}",
            "opts": self.opts,
            "original": receipt,
            "media": self.media,
            "receipt": receipt,
            "state": state_pill(receipt),
            "kind": KINDS.get(receipt.kind, ""),
            "held": held(receipt),
            "facts": facts,
            "news": AccountNews.objects.filter(receipt=receipt).order_by("id")[:MOST_FACTS],
            "more_facts": receipt.facts - len(facts),
            "body": body_text(receipt),
            "is_cut": is_cut(receipt),
            "curl": as_curl(receipt),
            "can_replay": receipt.state != ReceiptState.WAITING and self.may_replay(request),
        }
        return TemplateResponse(request, "callbacks/receipt.html", context)

    def trail_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All callbacks about a message, for its page."""
        message = Message.objects.filter(project=self.project(request), pk=pk).first()
        if message is None or not self.has_view_permission(request):
            raise Http404("No such message in this project.")
        return render(request, "callbacks/trail.html", {"trail": trail_of(message)})

    def _gone(self, request: HttpRequest) -> HttpResponse:
        """The same for what was removed, what never was, and what is another project's."""
        title = "Callback"
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": title,
            "kept_days": settings.RECEIPT_KEEP_DAYS,
        }
        return TemplateResponse(request, "callbacks/receipt_gone.html", context, status=404)

    def _found(self, request: HttpRequest, object_id: str) -> Receipt | None:
        rows = self.get_queryset(request).select_related("project")
        found: Receipt | None = rows.filter(pk=row_number(object_id)).first()
        if not self.has_view_permission(request, found):
            raise Http404("No such callback in this project.")
        return found

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
        return held(receipt)

    @admin.display(description="Posted to")
    def address(self, receipt: Receipt) -> str:
        return f"{receipt.method} /gupshup/{receipt.endpoint}"
