"""A conversation's page: the talk both ways, and a box to answer.

Looking at it changes nothing: what was seen is told by a POST of its own, which the page sends
while it stands in front of somebody.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from callbacks.admin.answer_forms import TemplateAnswerForm, TextAnswerForm
from callbacks.inbox.team_answers import draft_of
from callbacks.inbox.timeline import left_of, time_left_words, timeline_of
from callbacks.inbox.unread import next_unread
from campaigns.audience.subscriptions import is_blocked
from campaigns.models import Profile
from providers.admin.pages import Page
from providers.admin.read_only import ReadOnlyPage
from providers.models import Conversation
from providers.people.access import access_of


class ConversationPage(ReadOnlyPage):
    template = "callbacks/conversation.html"
    related = ("project",)

    def shown(self, request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
        return self._with_forms(request, conversation, text_form=None, template_form=None)

    def again(
        self,
        request: HttpRequest,
        conversation: Conversation,
        *,
        text_form: TextAnswerForm | None = None,
        template_form: TemplateAnswerForm | None = None,
    ) -> HttpResponse:
        """With a form that could not be sent."""
        shown = self._with_forms(
            request, conversation, text_form=text_form, template_form=template_form
        )
        title = self.title(conversation)
        return self.show(request, title=title, original=conversation, **shown)

    def _with_forms(
        self,
        request: HttpRequest,
        conversation: Conversation,
        *,
        text_form: TextAnswerForm | None,
        template_form: TemplateAnswerForm | None,
    ) -> dict[str, Any]:
        chosen = {"template": request.GET.get("template", "")}
        form = template_form or TemplateAnswerForm(initial=chosen, project=conversation.project)
        return {
            **_talk(request, conversation),
            "text_form": text_form or TextAnswerForm(),
            "template_form": form,
            "draft": draft_of(conversation, form.version, form.written()) if form.version else None,
            "next_unread": next_unread(conversation),
        }


class TalkPart(Page):
    """The talk and the window, looked at again."""

    address, name = "<int:pk>/live/", "live"
    template = "callbacks/conversation_part.html"
    related = ("project",)

    def get(self, request: HttpRequest, conversation: Conversation) -> HttpResponse:
        return self.part(request, **_talk(request, conversation))


def _talk(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    before = _read_time(request.GET.get("before", ""))
    left = left_of(conversation, at=timezone.now())
    profile = Profile.objects.of(conversation.project).filter(match_key=conversation.match_key)
    may_answer = access_of(request).can_change
    return {
        "conversation": conversation,
        "project": conversation.project,
        "may_answer": may_answer,
        "can_send": may_answer and bool(conversation.phone),
        "thread": timeline_of(conversation, before=before),
        "before": before,
        "left": time_left_words(left) if left else "",
        "profile": profile.order_by("pk").first(),
        "is_blocked": is_blocked(conversation.project, conversation.match_key),
    }


def _read_time(text: str) -> datetime | None:
    try:
        found_time = parse_datetime(text)
    except ValueError:
        return None
    return found_time if found_time and found_time.tzinfo else None
