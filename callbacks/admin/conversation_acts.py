"""What is done in a conversation: each a POST, each for those who may answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from callbacks.admin.answer_forms import (
    TemplateAnswerForm,
    TextAnswerForm,
    values_in,
)
from callbacks.inbox.adding_senders import add_sender
from callbacks.inbox.team_answers import (
    AnswerRefusedError,
    answer_with_template,
    answer_with_text,
    draft_of,
    repeat,
)
from callbacks.inbox.unread import mark_seen, mark_unread
from campaigns.models import Message
from providers.admin.row_numbers import row_number
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Conversation
from providers.people.access import actor_of
from templates_app.models import Template

PAGE = "admin:providers_conversation_change"
LIST = "admin:providers_conversation_changelist"
_NAME = "providers_conversation"


class ConversationActs(ProjectScopedAdmin):
    def get_urls(self) -> list[URLPattern]:
        acts = {
            "answer": self.answer_view,
            "template": self.template_view,
            "preview": self.preview_view,
            "person": self.person_view,
            "seen": self.seen_view,
            "unread": self.unread_again_view,
            "again": self.again_view,
        }
        page = self.admin_site.admin_view
        return [
            *(
                path(f"<int:pk>/{name}/", page(require_POST(view)), name=f"{_NAME}_{name}")
                for name, view in acts.items()
            ),
            *super().get_urls(),
        ]

    def found(self, request: HttpRequest, pk: int | str) -> Conversation:
        conversation: Conversation = self.own_row(request, pk, "project")
        return conversation

    def may_answer(self, request: HttpRequest) -> bool:
        return self.access(request).can_change

    def show(
        self,
        request: HttpRequest,
        conversation: Conversation,
        *,
        text_form: TextAnswerForm | None = None,
        template_form: TemplateAnswerForm | None = None,
    ) -> HttpResponse:
        """The page, with a form that could not be sent."""
        raise NotImplementedError

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        conversation = self._to_answer(request, pk)
        form = TextAnswerForm(request.POST)
        if not form.is_valid():
            return self.show(request, conversation, text_form=form)
        try:
            answer_with_text(
                conversation, form.cleaned_data["text"], at=timezone.now(), by=actor_of(request)
            )
        except AnswerRefusedError as refusal:
            form.add_error("text", str(refusal))
            return self.show(request, conversation, text_form=form)
        return _done(request, conversation, "Your answer is on its way.", mark="#sent")

    def template_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        conversation = self._to_answer(request, pk)
        form = TemplateAnswerForm(request.POST, project=self.project(request))
        if not form.is_valid():
            return self.show(request, conversation, template_form=form)
        template = form.cleaned_data["template"]
        try:
            answer_with_template(conversation, template, form.values(), by=actor_of(request))
        except AnswerRefusedError as refusal:
            form.add_error(None, str(refusal))
            return self.show(request, conversation, template_form=form)
        return _done(request, conversation, f"The template “{template}” is on its way.")

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The phone, with what stands in the fields now."""
        conversation = self._to_answer(request, pk)
        rows = Template.objects.sendable().filter(project=conversation.project_id)
        template = rows.filter(pk=row_number(request.POST.get("template", ""))).first()
        if template is None or template.current is None:
            raise Http404("No such template in this project.")
        draft = draft_of(conversation, template.current, values_in(request.POST, template.current))
        return render(request, "callbacks/answer_preview.html", {"draft": draft})

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        conversation = self._to_answer(request, pk)
        ours = Message.objects.filter(
            project=conversation.project_id, send_key=conversation.match_key
        )
        failed = ours.filter(pk=row_number(request.POST.get("message", ""))).first()
        if failed is None:
            raise Http404("No such message in this conversation.")
        try:
            repeat(conversation, failed, at=timezone.now(), by=actor_of(request))
        except AnswerRefusedError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse(PAGE, args=[pk]))
        return _done(request, conversation, "It is on its way once more.")

    def person_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One click makes the sender a profile."""
        conversation = self._to_answer(request, pk)
        if not conversation.phone:
            raise Http404("Nobody is added without a phone number.")
        add_sender(conversation, by=actor_of(request))
        return _done(request, conversation, "They are among your profiles now.")

    def seen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sent by the page once somebody has it before their eyes."""
        conversation = self._to_answer(request, pk)
        newest = row_number(request.POST.get("up_to", ""))
        if newest:
            mark_seen(conversation, up_to=newest)
        return HttpResponse(status=204)

    def unread_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        mark_unread(self._to_answer(request, pk))
        messages.success(request, "It is marked as unread.")
        return HttpResponseRedirect(reverse(LIST))

    def _to_answer(self, request: HttpRequest, pk: int) -> Conversation:
        conversation = self.found(request, pk)
        if not self.may_answer(request):
            raise PermissionDenied
        return conversation


def _done(
    request: HttpRequest, conversation: Conversation, words: str, *, mark: str = ""
) -> HttpResponseRedirect:
    """`mark` tells the page's script that a draft is done with."""
    messages.success(request, words)
    return HttpResponseRedirect(reverse(PAGE, args=[conversation.pk]) + mark)
