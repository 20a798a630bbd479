"""Test sends: every test that was sent by hand, with who, to whom, what, and Gupshup's answer."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html

from campaigns.admin.lists.times import short_time
from campaigns.admin.tryouts.send_test_page import SendTestPage, result_context
from campaigns.admin.tryouts.template_test_page import TemplateTestPage
from campaigns.models import TestSend
from campaigns.results.message_story import text_of
from campaigns.tryouts.outcomes import outcome_of

COLOURS = {"good": "green", "bad": "red", "doubt": "amber", "waiting": "grey"}


@admin.register(TestSend)
class TestSendAdmin(TemplateTestPage, SendTestPage):
    __test__ = False

    role_to_add = role_to_change = None
    change_list_template = "campaigns/test_send_list.html"
    list_display = ["sent_at", "to", "what", "account", "by_shown", "result", "took"]
    list_display_links = ["sent_at", "to"]
    list_select_related = ["message__outbox", "by"]
    list_filter = ["account"]
    ordering = ["-id"]
    sortable_by = ()
    actions = None

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

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Nothing about a test can be changed: its page shows what came of it."""
        test: TestSend = self.own_row(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            **result_context(test),
            "title": f"Test to {test.message.phone}",
            "opts": self.opts,
            "original": test,
            "media": self.media,
            "preview": text_of(test.message),
        }
        return TemplateResponse(request, "campaigns/test_send.html", context)

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
        return format_html(
            '<span class="kb-pill kb-{}">{}</span>', COLOURS[outcome.tone], outcome.title
        )

    @admin.display(description="Answer")
    def took(self, test: TestSend) -> str:
        if not test.verdict:
            return ""
        status = f"HTTP {test.http_status}" if test.http_status else "no answer"
        return f"{status}, {test.milliseconds:,} ms"
