"""The inbox: what customers wrote, and what came of it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from callbacks.inbox.adding_senders import add_sender
from callbacks.inbox.keeping_files import image_type
from callbacks.inbox.saying import came_from, said
from callbacks.models import Consequence, FileState, InboundMessage
from campaigns.admin.lists.person_link import person_link
from providers.admin.pages import Page
from providers.admin.pills import pill
from providers.admin.read_only import ReadOnlyAdmin, ReadOnlyPage
from providers.admin.short_time import short_time
from providers.admin.walking import WalkingChangeList
from providers.models import Conversation, Role
from providers.people.access import actor_of
from providers.phones.numbers import PhoneError, match_key, read_phone

LONGEST_NAME, LONGEST_TEXT = 40, 80  # characters, in the list
COLOURS = {
    Consequence.OPTED_OUT: "amber",
    Consequence.OPTED_IN: "green",
    Consequence.AUTO_REPLIED: "green",
}


def consequence_pill(message: InboundMessage) -> str:
    if not message.consequence:
        return ""
    consequence = Consequence(message.consequence)
    colour = COLOURS.get(consequence, "grey")
    return pill(colour, consequence.label)


class ConsequenceFilter(SimpleListFilter):
    title = "what came of it"
    parameter_name = "consequence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(one.value, str(one.label)) for one in Consequence if one.value]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(consequence=self.value()) if self.value() else queryset


class InboundPage(ReadOnlyPage):
    template = "callbacks/inbound_message.html"
    related = ("conversation", "profile", "answers__campaign", "reply_message")

    def title(self, message: InboundMessage) -> str:
        return f"From {message.phone or 'somebody without a number'}"

    def shown(self, request: HttpRequest, message: InboundMessage) -> dict[str, Any]:
        return {
            "message": message,
            "consequence": consequence_pill(message),
            "said": said(message),
            "came_from": came_from(message),
        }


class FilePage(Page):
    """Our copy of what came with a message: a picture to look at, all else to be saved."""

    address, name = "<int:pk>/file/", "file"

    def get(self, request: HttpRequest, message: InboundMessage) -> HttpResponse:
        if message.file_state != FileState.KEPT or not default_storage.exists(message.file):
            raise Http404("There is no file.")
        with default_storage.open(message.file) as file:
            content = file.read()
        shown_as = image_type(content)
        return HttpResponse(
            content,
            content_type=shown_as or "application/octet-stream",
            headers={
                "Content-Disposition": "inline" if shown_as else "attachment",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, max-age=3600",
            },
        )


class AddToProfiles(Page):
    """One click makes the sender a profile; answers with what stands in the row then."""

    address, name = "<int:pk>/person/", "person"
    role = Role.MARKETER

    def post(self, request: HttpRequest, message: InboundMessage) -> HttpResponse:
        if message.conversation is None or not message.phone:
            raise Http404("Nobody is added without a phone number.")
        message.profile = add_sender(message.conversation, by=actor_of(request))
        return HttpResponse(person_link(message.profile))


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    pages = (InboundPage, FilePage, AddToProfiles)
    change_list = WalkingChangeList
    change_list_template = "callbacks/inbound_list.html"
    list_display = ["who", "said", "heard", "consequence_shown"]
    list_display_links = ["who"]
    list_select_related = ["profile"]
    list_filter = [ConsequenceFilter]
    search_fields = ["phone"]  # shows the search box; get_search_results does it all
    search_help_text = "A whole phone number"
    ordering = ["-id"]

    class Media:
        css = {"all": ["campaigns/campaigns.css", "callbacks/callbacks.css"]}

    def get_list_display(self, request: HttpRequest) -> Any:
        who = "person_or_button" if self.access(request).can_change else "person_link"
        return [*super().get_list_display(request), who]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        project = self.project(request)
        try:
            key = read_phone(search_term, default_country=project.default_country).match_key
        except PhoneError:
            key = match_key(search_term)
        conversations = Conversation.objects.filter(project=project, match_key=key)
        return queryset.filter(conversation__in=conversations), False

    @admin.display(description="Who")
    def who(self, message: InboundMessage) -> str:
        phone = message.phone or "No number"
        if not message.name:
            return phone
        return format_html(
            '<bdi>{}</bdi><br><span class="kb-quiet">{}</span>',
            Truncator(message.name).chars(LONGEST_NAME),
            phone,
        )

    @admin.display(description="Message")
    def said(self, message: InboundMessage) -> str:
        return format_html(
            '<bdi class="kcb-said-short">{}</bdi>', Truncator(said(message)).chars(LONGEST_TEXT)
        )

    @admin.display(description="Written")
    def heard(self, message: InboundMessage) -> str:
        return short_time(message.heard_at)

    @admin.display(description="What came of it")
    def consequence_shown(self, message: InboundMessage) -> str:
        return consequence_pill(message)

    @admin.display(description="Profile")
    def person_link(self, message: InboundMessage) -> str:
        return person_link(message.profile) if message.profile else ""

    @admin.display(description="Profile")
    def person_or_button(self, message: InboundMessage) -> str:
        if message.profile_id or not message.phone:
            return self.person_link(message)
        return format_html(
            '<button type="button" class="kb-button" hx-post="{}" hx-target="closest td" '
            'hx-disabled-elt="this">Add to profiles</button>',
            reverse("admin:callbacks_inboundmessage_person", args=[message.pk]),
        )
