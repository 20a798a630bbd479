"""Messages: every one of them, what became of it, and one page with its whole life."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from campaigns.admin.lists.person_link import person_link
from campaigns.admin.messages.doubts import SETTLING
from campaigns.admin.messages.leading_on import LeadsTo, leads_to
from campaigns.admin.messages.message_filters import (
    ButtonFilter,
    CampaignFilter,
    CodeFilter,
    DayFilter,
    KindFilter,
    QueuedFilter,
    ReasonFilter,
    RunFilter,
    SliceFilter,
    VariantFilter,
)
from campaigns.admin.messages.message_list import BeforeFilter, MessageChangeList
from campaigns.admin.messages.message_views import MESSAGE_VIEWS, filters_in, views_shown
from campaigns.gates.explaining import explain
from campaigns.models import Event, EventName, Message, OutboxState, State
from campaigns.results.finding import find_messages
from campaigns.results.message_story import latest_step, life_of
from campaigns.results.neighbours import explain_among_others
from campaigns.results.what_was_sent import READ_FIRST, what_was_sent
from campaigns.results.who_wrote import authors_of
from providers.admin.pills import pill
from providers.admin.read_only import ReadOnlyAdmin, ReadOnlyPage
from providers.admin.short_time import short_time
from providers.people.access import access_of

RECEIPT_PAGE = "admin:callbacks_receipt_change"
TRAIL = "admin:callbacks_receipt_about"
MOST_EVENTS = 500
COLOURS = {
    State.QUEUED: "grey",
    State.SUPPRESSED: "amber",
    State.IN_DOUBT: "amber",
    State.UNKNOWN: "red",
    State.SENT: "blue",
    State.FAILED: "red",
    State.DELIVERED: "green",
    State.READ: "green",
}


def state_pill(message: Message) -> str:
    state = State(message.state)
    outbox = getattr(message, "outbox", None)
    is_being_sent = outbox is not None and outbox.state == OutboxState.CLAIMED
    label = "Sending" if state is State.QUEUED and is_being_sent else state.label
    return pill(COLOURS[state], label)


def in_order(message: Message) -> list[Event]:
    """By their times; at one time in the order of what they mean."""
    ranks = {name: rank for rank, name in enumerate(EventName.values)}
    events = message.events.order_by("at", "pk")[:MOST_EVENTS]
    return sorted(events, key=lambda event: (event.at, ranks.get(event.name, len(ranks))))


def receipt_page(source: int | None) -> str:
    """Where the raw callback is shown that told an event; pages of apps to the left by name."""
    return reverse(RECEIPT_PAGE, args=[source]) if source else ""


class MessagePage(ReadOnlyPage):
    """Its life."""

    template = "campaigns/message.html"
    related = ("outbox", "project", *READ_FIRST)

    def title(self, message: Message) -> str:
        return f"Message to {message.phone or 'nobody'}"

    def shown(self, request: HttpRequest, message: Message) -> dict[str, Any]:
        may_settle = access_of(request).can_administer
        return {
            "message": message,
            "state": state_pill(message),
            "person": person_link(message.profile),
            "explanation": explain_among_others(message),
            "life": life_of(message),
            "events": [(event, receipt_page(event.source)) for event in in_order(message)],
            "trail": reverse(TRAIL, args=[message.pk]),
            "sent": what_was_sent([message]).get(message.pk),
            "author": authors_of([message]).get(message.pk, ""),
            "may_settle": message.state == State.IN_DOUBT and may_settle,
        }


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    pages = (MessagePage, *MESSAGE_VIEWS, *SETTLING)
    change_list = MessageChangeList
    change_list_template = "campaigns/message_list.html"
    list_display = [
        "phone_shown",
        "person",
        "kind",
        "campaign_shown",
        "state_shown",
        "why",
        "queued_at",
        "latest_at",
    ]
    list_display_links = ["phone_shown"]
    list_filter = [
        CampaignFilter,
        SliceFilter,
        QueuedFilter,
        DayFilter,
        KindFilter,
        ReasonFilter,
        CodeFilter,
        ButtonFilter,
        RunFilter,
        VariantFilter,
        BeforeFilter,
    ]
    list_select_related = ["profile", "campaign", "outbox"]
    search_fields = ["phone"]  # shows the search box; get_search_results does it all
    search_help_text = "A name, or a whole phone number, identity or Gupshup message ID"
    ordering = ["-id"]

    class Media:
        css = {"all": ["templates_app/phone.css", "campaigns/campaigns.css"]}
        js = ["templates_app/phone.js"]

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        project = self.access(request).project
        views = views_shown(project, request.GET) if project else []
        is_kept = any(is_here for _view, _there, is_here in views)
        day = DayFilter.parameter_name
        typed = {day, CodeFilter.parameter_name}
        others = filters_in(request.GET) | {"q": request.GET.get("q", "")}
        leads = LeadsTo() if others["q"] else self._leads_to(request)
        return {
            "views": views,
            "can_be_kept": bool(filters_in(request.GET)) and not is_kept,
            "leads_to": leads,
            "day": request.GET.get(day, ""),
            "code": request.GET.get(CodeFilter.parameter_name, ""),
            "beside": [(name, text) for name, text in others.items() if name not in typed],
        }

    def _leads_to(self, request: HttpRequest) -> LeadsTo:
        access = self.access(request)
        if access.project is None or not access.can_change:
            return LeadsTo()
        return leads_to(access.project, filters_in(request.GET))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term.strip():
            found = find_messages(self.project(request), search_term)
            queryset = queryset.filter(pk__in=found)
        return queryset, False

    @admin.display(description="Phone")
    def phone_shown(self, message: Message) -> str:
        return message.phone or "No number"

    @admin.display(description="Person")
    def person(self, message: Message) -> str:
        return person_link(message.profile)

    @admin.display(description="Campaign")
    def campaign_shown(self, message: Message) -> str:
        if message.campaign is None:
            return ""
        page = reverse("admin:campaigns_campaign_change", args=[message.campaign.pk])
        return format_html('<a href="{}">{}</a>', page, message.campaign)

    @admin.display(description="State")
    def state_shown(self, message: Message) -> str:
        return state_pill(message)

    @admin.display(description="Queued")
    def queued_at(self, message: Message) -> str:
        return short_time(message.created_at)

    @admin.display(description="Latest step")
    def latest_at(self, message: Message) -> str:
        return short_time(latest_step(message))

    @admin.display(description="Reason")
    def why(self, message: Message) -> str:
        return explain(message.reason, message.code).meaning if message.reason else ""
