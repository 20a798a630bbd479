"""The inbox: conversations by phone, each with a page of its own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from callbacks.admin.conversation_acts import CONVERSATION_ACTS
from callbacks.admin.conversation_list import (
    ConversationChangeList,
    RowsPart,
    UnreadFilter,
    UnreadPart,
    WindowFilter,
    counted,
    found,
)
from callbacks.admin.conversation_page import ConversationPage, TalkPart
from providers.admin.read_only import ReadOnlyAdmin
from providers.models import Conversation


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    pages = (ConversationPage, TalkPart, *CONVERSATION_ACTS, RowsPart, UnreadPart)
    change_list = ConversationChangeList
    is_about_people = True
    change_list_template = "callbacks/conversation_list.html"
    list_display = ["phone"]  # our own template shows the rows
    list_filter = [UnreadFilter, WindowFilter]
    search_fields = ["phone"]  # shows the search box; get_search_results does it all
    search_help_text = "The beginning of a phone number or of a name"
    ordering = ["-last_inbound_at", "-id"]

    class Media:
        css = {
            "all": [
                "templates_app/phone.css",
                "templates_app/media_tools.css",
                "templates_app/picker.css",
                "campaigns/campaigns.css",
                "callbacks/callbacks.css",
            ]
        }
        js = [
            "templates_app/phone.js",
            "templates_app/media_tools.js",
            "templates_app/picker.js",
            "callbacks/inbox.js",
        ]

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        return counted(self.access(request).project)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return found(self.project(request), queryset, search_term), False
