"""What is done in a conversation: each a POST, each for those who may answer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from callbacks.admin.answer_forms import (
    TemplateAnswerForm,
    TextAnswerForm,
    values_in,
)
from callbacks.admin.conversation_page import ConversationPage
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
from providers.admin.dialogs import RowAct
from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.models import Conversation, Role
from providers.people.access import actor_of
from templates_app.models import Template


class _Answering(Page):
    """By those who may."""

    role = Role.MARKETER
    related = ("project",)


class AnswerWithText(_Answering):
    address, name = "<int:pk>/answer/", "answer"

    def post(self, request: HttpRequest, conversation: Conversation) -> HttpResponse:
        form, page = TextAnswerForm(request.POST), ConversationPage(self.admin)
        if not form.is_valid():
            return page.again(request, conversation, text_form=form)
        try:
            answer_with_text(
                conversation, form.cleaned_data["text"], at=timezone.now(), by=actor_of(request)
            )
        except AnswerRefusedError as refusal:
            form.add_error("text", str(refusal))
            return page.again(request, conversation, text_form=form)
        messages.success(request, "Your answer is on its way.")
        # Tells the page's script that a draft is done with.
        return HttpResponseRedirect(self.admin.page_of(conversation) + "#sent")


class AnswerWithTemplate(_Answering):
    address, name = "<int:pk>/template/", "template"

    def post(self, request: HttpRequest, conversation: Conversation) -> HttpResponse:
        form = TemplateAnswerForm(request.POST, project=conversation.project)
        page = ConversationPage(self.admin)
        if not form.is_valid():
            return page.again(request, conversation, template_form=form)
        template = form.cleaned_data["template"]
        try:
            answer_with_template(conversation, template, form.values(), by=actor_of(request))
        except AnswerRefusedError as refusal:
            form.add_error(None, str(refusal))
            return page.again(request, conversation, template_form=form)
        messages.success(request, f"The template “{template}” is on its way.")
        return HttpResponseRedirect(self.admin.page_of(conversation))


class AnswerPreview(_Answering):
    """The phone, with what stands in the fields now."""

    address, name = "<int:pk>/preview/", "preview"
    template = "callbacks/answer_preview.html"

    def post(self, request: HttpRequest, conversation: Conversation) -> HttpResponse:
        rows = Template.objects.sendable().filter(project=conversation.project_id)
        template = rows.filter(pk=row_number(request.POST.get("template", ""))).first()
        if template is None or template.current is None:
            raise Http404("No such template in this project.")
        values = values_in(request.POST, template.current)
        return self.part(request, draft=draft_of(conversation, template.current, values))


class SendOnceMore(RowAct, _Answering):
    address, name = "<int:pk>/again/", "again"
    refusals = (AnswerRefusedError,)
    refused_as = messages.ERROR

    def act(self, request: HttpRequest, conversation: Conversation) -> str:
        ours = Message.objects.filter(
            project=conversation.project_id, send_key=conversation.match_key
        )
        failed = ours.filter(pk=row_number(request.POST.get("message", ""))).first()
        if failed is None:
            raise Http404("No such message in this conversation.")
        repeat(conversation, failed, at=timezone.now(), by=actor_of(request))
        return "It is on its way once more."


class AddSender(RowAct, _Answering):
    """One click makes the sender a profile."""

    address, name = "<int:pk>/person/", "person"

    def act(self, request: HttpRequest, conversation: Conversation) -> str:
        if not conversation.phone:
            raise Http404("Nobody is added without a phone number.")
        add_sender(conversation, by=actor_of(request))
        return "They are among your profiles now."


class Seen(_Answering):
    """Sent by the page once somebody has it before their eyes."""

    address, name = "<int:pk>/seen/", "seen"

    def post(self, request: HttpRequest, conversation: Conversation) -> HttpResponse:
        newest = row_number(request.POST.get("up_to", ""))
        if newest:
            mark_seen(conversation, up_to=newest)
        return HttpResponse(status=204)


class MarkUnread(RowAct, _Answering):
    address, name = "<int:pk>/unread/", "unread"

    def act(self, request: HttpRequest, conversation: Conversation) -> str:
        mark_unread(conversation)
        return "It is marked as unread."

    def back(self, request: HttpRequest, conversation: Conversation) -> str:
        return self.admin.list_page


CONVERSATION_ACTS = (
    AnswerWithText,
    AnswerWithTemplate,
    AnswerPreview,
    SendOnceMore,
    AddSender,
    Seen,
    MarkUnread,
)
