"""The inbox: conversations by phone, each with its history both ways and a box to answer."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from callbacks.admin.answer_forms import TemplateAnswerForm, TextAnswerForm
from callbacks.admin.conversation_list import (
    ConversationChangeList,
    UnreadFilter,
    WindowFilter,
    found,
)
from callbacks.answering import AnswerRefusedError, answer_with_template, answer_with_text
from callbacks.models import InboundMessage
from callbacks.threads import MOST_UNREAD, in_words, left_of, mark_seen, thread_of
from campaigns.admin.times import short_time
from campaigns.audience.adding import add_person
from campaigns.audience.subscriptions import is_blocked
from campaigns.models import Profile
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Conversation

PAGE = "admin:providers_conversation_change"


@admin.register(Conversation)
class ConversationAdmin(ProjectScopedAdmin):
    role_to_add = role_to_change = None
    is_about_people = True
    change_list_template = "callbacks/conversation_list.html"
    list_display = ["who", "last_message", "window", "heard"]
    list_display_links = ["who"]
    list_filter = [UnreadFilter, WindowFilter]
    search_fields = ["phone"]  # shows the search box; get_search_results does it all
    search_help_text = "The beginning of a phone number or of a name"
    ordering = ["-last_inbound_at", "-id"]
    actions = None
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER  # it would count all rows for each choice

    class Media:
        css = {"all": ["campaigns/campaigns.css", "callbacks/callbacks.css"]}
        js = ["callbacks/inbox.js"]

    def get_urls(self) -> list[URLPattern]:
        def place(name: str, view: Any, method: Any) -> Any:
            guarded = self.admin_site.admin_view(method(view))
            return path(f"<int:pk>/{name}/", guarded, name=f"providers_conversation_{name}")

        return [
            place("live", self.live_view, require_GET),
            place("answer", self.answer_view, require_POST),
            place("template", self.template_view, require_POST),
            place("person", self.person_view, require_POST),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return ConversationChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return found(self.project(request), queryset, search_term), False

    def may_answer(self, request: HttpRequest) -> bool:
        return self.access(request).can_change

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Nothing about the row itself can be changed: its page is the talk."""
        if not object_id.isdecimal():
            raise Http404("No such conversation in this project.")
        return self._page(request, self._found(request, int(object_id)))

    def live_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The talk and the window, looked at again."""
        context = self._talk(request, self._found(request, pk))
        return render(request, "callbacks/conversation_part.html", context)

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        conversation = self._to_answer(request, pk)
        form = TextAnswerForm(request.POST)
        if not form.is_valid():
            return self._page(request, conversation, text_form=form)
        try:
            answer_with_text(conversation, form.cleaned_data["text"], at=timezone.now())
        except AnswerRefusedError as refusal:
            form.add_error("text", str(refusal))
            return self._page(request, conversation, text_form=form)
        return self._sent(request, conversation, "Your answer is on its way.")

    def template_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        conversation = self._to_answer(request, pk)
        form = TemplateAnswerForm(request.POST, project=self.project(request))
        if not form.is_valid():
            return self._page(request, conversation, template_form=form)
        template = form.cleaned_data["template"]
        try:
            answer_with_template(conversation, template, form.values())
        except AnswerRefusedError as refusal:
            form.add_error(None, str(refusal))
            return self._page(request, conversation, template_form=form)
        return self._sent(request, conversation, f"The template “{template}” is on its way.")

    def person_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One click makes the sender a profile."""
        conversation = self._to_answer(request, pk)
        if not conversation.phone:
            raise Http404("Nobody is added without a phone number.")
        profile = add_person(
            conversation.project,
            phone=conversation.phone,
            match_key=conversation.match_key,
            name=conversation.name,
        )
        InboundMessage.objects.filter(conversation=conversation, profile=None).update(
            profile=profile
        )
        self.record(request, profile, "added", noun="profile")
        return self._sent(request, conversation, "They are among your profiles now.")

    def _sent(
        self, request: HttpRequest, conversation: Conversation, words: str
    ) -> HttpResponseRedirect:
        messages.success(request, words)
        return HttpResponseRedirect(reverse(PAGE, args=[conversation.pk]))

    def _to_answer(self, request: HttpRequest, pk: int) -> Conversation:
        conversation = self._found(request, pk)
        if not self.may_answer(request):
            raise PermissionDenied
        return conversation

    def _found(self, request: HttpRequest, pk: int) -> Conversation:
        rows = self.get_queryset(request).select_related("project")
        conversation: Conversation | None = rows.filter(pk=pk).first()
        if conversation is None or not self.has_view_permission(request, conversation):
            raise Http404("No such conversation in this project.")
        return conversation

    def _page(
        self,
        request: HttpRequest,
        conversation: Conversation,
        *,
        text_form: TextAnswerForm | None = None,
        template_form: TemplateAnswerForm | None = None,
    ) -> HttpResponse:
        project = self.project(request)
        chosen = {"template": request.GET.get("template", "")}
        context = {
            **self.admin_site.each_context(request),
            **self._talk(request, conversation),
            "title": conversation.name or str(conversation),
            "opts": self.opts,
            "original": conversation,
            "media": self.media,
            "project": project,
            "may_answer": self.may_answer(request),
            "text_form": text_form or TextAnswerForm(),
            "template_form": template_form or TemplateAnswerForm(initial=chosen, project=project),
        }
        return TemplateResponse(request, "callbacks/conversation.html", context)

    def _talk(self, request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
        before = _read_time(request.GET.get("before", ""))
        thread = thread_of(conversation, before=before)
        if self.may_answer(request) and before is None:
            mark_seen(conversation, thread.lines)
        left = left_of(conversation, at=timezone.now())
        profile = Profile.objects.of(conversation.project).filter(match_key=conversation.match_key)
        return {
            "conversation": conversation,
            "thread": thread,
            "before": before,
            "left": in_words(left) if left else "",
            "profile": profile.order_by("pk").first(),
            "is_blocked": is_blocked(conversation.project, conversation.match_key),
        }

    @admin.display(description="Who")
    def who(self, row: Any) -> str:
        name = row.name or str(row)
        detail = row.phone if row.name else ""
        count = f"{row.unread}" if row.unread <= MOST_UNREAD else f"{MOST_UNREAD}+"
        pill = format_html(' <span class="kb-pill kb-blue">{} new</span>', count)
        return format_html(
            '<span class="kcb-who">{}</span>{}<br><span class="kb-quiet">{}</span>',
            name,
            pill if row.unread else "",
            detail,
        )

    @admin.display(description="Last message")
    def last_message(self, row: Any) -> str:
        return str(row.snippet)

    @admin.display(description="Free text")
    def window(self, row: Conversation) -> str:
        left = left_of(row, at=timezone.now())
        if left is None:
            return format_html('<span class="kb-pill kb-grey">{}</span>', "Shut")
        return format_html('<span class="kb-pill kb-green">{} left</span>', in_words(left))

    @admin.display(description="Last heard")
    def heard(self, row: Conversation) -> str:
        return short_time(row.last_inbound_at) if row.last_inbound_at else ""


def _read_time(text: str) -> datetime | None:
    try:
        found_time = parse_datetime(text)
    except ValueError:
        return None
    return found_time if found_time and found_time.tzinfo else None
