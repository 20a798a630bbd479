"""The inbox: conversations by phone, each with its history both ways and a box to answer.

Looking at a page changes nothing: what was seen is told by a POST of its own, which the page sends
while it stands in front of somebody.
"""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from callbacks.admin.answer_forms import TemplateAnswerForm, TextAnswerForm
from callbacks.admin.conversation_acts import ConversationActs
from callbacks.admin.conversation_list import ConversationListPage
from callbacks.inbox.team_answers import draft_of
from callbacks.inbox.timeline import in_words, left_of, timeline_of
from callbacks.inbox.unread import next_unread
from campaigns.audience.subscriptions import is_blocked
from campaigns.models import Profile
from providers.models import Conversation


@admin.register(Conversation)
class ConversationAdmin(ConversationListPage, ConversationActs):
    role_to_add = role_to_change = None
    is_about_people = True
    actions = None
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER  # it would count all rows for each choice

    class Media:
        css = {
            "all": [
                "templates_app/phone.css",
                "templates_app/media_tools.css",
                "campaigns/campaigns.css",
                "callbacks/callbacks.css",
            ]
        }
        js = ["templates_app/phone.js", "templates_app/media_tools.js", "callbacks/inbox.js"]

    def get_urls(self) -> list[URLPattern]:
        live = self.admin_site.admin_view(require_GET(self.live_view))
        return [
            path("<int:pk>/live/", live, name="providers_conversation_live"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Nothing about the row itself can be changed: its page is the talk."""
        return self.show(request, self.found(request, object_id))

    def live_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The talk and the window, looked at again."""
        context = self._talk(request, self.found(request, pk))
        return render(request, "callbacks/conversation_part.html", context)

    def show(
        self,
        request: HttpRequest,
        conversation: Conversation,
        *,
        text_form: TextAnswerForm | None = None,
        template_form: TemplateAnswerForm | None = None,
    ) -> HttpResponse:
        project = self.project(request)
        chosen = {"template": request.GET.get("template", "")}
        form = template_form or TemplateAnswerForm(initial=chosen, project=project)
        context = {
            **self.admin_site.each_context(request),
            **self._talk(request, conversation),
            "title": str(conversation),
            "opts": self.opts,
            "original": conversation,
            "media": self.media,
            "text_form": text_form or TextAnswerForm(),
            "template_form": form,
            "draft": draft_of(conversation, form.version, form.written()) if form.version else None,
            "next_unread": next_unread(conversation),
        }
        return TemplateResponse(request, "callbacks/conversation.html", context)

    def _talk(self, request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
        before = _read_time(request.GET.get("before", ""))
        left = left_of(conversation, at=timezone.now())
        profile = Profile.objects.of(conversation.project).filter(match_key=conversation.match_key)
        return {
            "conversation": conversation,
            "project": conversation.project,
            "may_answer": self.may_answer(request),
            "can_send": self.may_answer(request) and bool(conversation.phone),
            "thread": timeline_of(conversation, before=before),
            "before": before,
            "left": in_words(left) if left else "",
            "profile": profile.order_by("pk").first(),
            "is_blocked": is_blocked(conversation.project, conversation.match_key),
        }


def _read_time(text: str) -> datetime | None:
    try:
        found_time = parse_datetime(text)
    except ValueError:
        return None
    return found_time if found_time and found_time.tzinfo else None
