"""Test sends: every test that was sent by hand, with who, to whom, what, and Gupshup's answer."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from campaigns.admin.tryouts.send_test_page import SENDING_TESTS, result_context
from campaigns.admin.tryouts.template_test_page import TESTING_TEMPLATES
from campaigns.models import TestSend
from campaigns.results.what_was_sent import what_was_sent
from campaigns.tryouts.outcomes import outcome_of
from providers.admin.pills import pill
from providers.admin.read_only import ReadOnlyAdmin, ReadOnlyPage
from providers.admin.short_time import short_time

COLOURS = {"good": "green", "bad": "red", "doubt": "amber", "waiting": "grey"}


class ResultPage(ReadOnlyPage):
    """What came of it."""

    template = "campaigns/sent_test.html"

    def title(self, test: TestSend) -> str:
        return f"Test to {test.message.phone}"

    def shown(self, request: HttpRequest, test: TestSend) -> dict[str, Any]:
        sent = what_was_sent([test.message]).get(test.message_id)
        return {**result_context(test), "preview": sent.preview if sent else None}


@admin.register(TestSend)
class SentTestAdmin(ReadOnlyAdmin):
    pages = (*SENDING_TESTS, *TESTING_TEMPLATES, ResultPage)
    change_list_template = "campaigns/sent_test_list.html"
    list_display = ["sent_at", "to", "what", "account", "by_shown", "result", "took"]
    list_display_links = ["sent_at", "to"]
    list_select_related = ["message__outbox", "by"]
    list_filter = ["account"]
    ordering = ["-id"]

    class Media:
        css = {
            "all": [
                "templates_app/phone.css",
                "templates_app/media_tools.css",
                "campaigns/campaigns.css",
                "campaigns/send_test.css",
            ]
        }
        js = ["campaigns/send_test.js", "templates_app/phone.js", "templates_app/media_tools.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("message")

    @admin.display(description="Sent")
    def sent_at(self, test: TestSend) -> str:
        return short_time(test.created_at)

    @admin.display(description="To")
    def to(self, test: TestSend) -> str:
        return test.message.phone

    @admin.display(description="What")
    def what(self, test: TestSend) -> str:
        text = (test.message.content or {}).get("text", "A template")
        return text if len(text) <= 60 else f"{text[:60]}…"

    @admin.display(description="By")
    def by_shown(self, test: TestSend) -> str:
        return (test.by.get_full_name() or str(test.by)) if test.by else ""

    @admin.display(description="Result")
    def result(self, test: TestSend) -> str:
        outcome = outcome_of(test, at=timezone.now())
        return pill(COLOURS[outcome.tone], outcome.title)

    @admin.display(description="Answer")
    def took(self, test: TestSend) -> str:
        if not test.verdict:
            return ""
        status = f"HTTP {test.http_status}" if test.http_status else "no answer"
        return f"{status}, {test.milliseconds:,} ms"
