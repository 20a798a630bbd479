"""A list's people into another list, and those of another one out of it: by dialogs of its page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from campaigns.admin.lists.export_dialog import ExportDialog
from campaigns.admin.lists.filling_dialog import FillingDialog
from campaigns.admin.lists.list_choice import ListChoiceField, offer_lists
from campaigns.audience.filling_lists import take_from
from campaigns.audience.source import AudienceSource, members_of
from campaigns.models import CustomList
from campaigns.results.exports.whom import Wish, of_list
from providers.admin.dialogs import DeleteRow, Dialog
from providers.models import Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import go_to


class ListOfList(FillingDialog):
    """Into a new one it is a copy; into one that is there, both are united."""

    address, name = "<int:pk>/copy/", "copy"
    title = "Copy these people into a list"
    related = ("project",)

    def people(self, request: HttpRequest, custom_list: CustomList) -> AudienceSource:
        return members_of(custom_list.pk)

    def suggested(self, request: HttpRequest, custom_list: CustomList) -> str:
        return f"Copy of {custom_list}"


class DeleteList(DeleteRow):
    title = "Delete this list?"
    text = "Its people stay in the project. Nobody can bring the list back."


class ExportList(ExportDialog):
    address, name = "<int:pk>/export/", "export"
    related = ("project",)

    def wish(self, request: HttpRequest, custom_list: CustomList) -> Wish:
        return of_list(custom_list)

    def more(self, request: HttpRequest, custom_list: CustomList) -> dict[str, Any]:
        return {"about_words": f"The people of the list “{custom_list}”"}


class ThinningForm(PlainForm):
    those_of = ListChoiceField(label="Take out everybody who is in", empty_label="Choose a list…")

    def __init__(self, *args: Any, custom_list: CustomList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["those_of"]
        offer_lists(field, custom_list.project)
        field.required = True
        field.error_messages["required"] = "Choose the list whose people are to be taken out."


class ThinList(Dialog):
    address, name = "<int:pk>/take_out/", "take_out"
    role = Role.MARKETER
    related = ("project",)
    template = "campaigns/thinning_dialog.html"
    title = "Take people out of this list"
    button = "Take them out"
    is_grave = True

    def shown(self, request: HttpRequest, custom_list: CustomList) -> dict[str, Any]:
        return {"form": ThinningForm(custom_list=custom_list), "about": custom_list}

    def post(self, request: HttpRequest, custom_list: CustomList) -> HttpResponse:
        form = ThinningForm(request.POST, custom_list=custom_list)
        people = _taken(custom_list, form, request) if form.is_valid() else None
        if people is None:
            return self.ask(request, form=form, about=custom_list)
        were = "1 person was" if people == 1 else f"{people:,} people were"
        messages.success(request, f"{were} taken out of “{custom_list}”.")
        return go_to(request, self.admin.page_of(custom_list))


def _taken(custom_list: CustomList, form: ThinningForm, request: HttpRequest) -> int | None:
    """None where there is an error beside the field now."""
    source = members_of(form.cleaned_data["those_of"].pk)
    try:
        return take_from(custom_list, source, by=actor_of(request))
    except Refusal as refusal:
        form.add_error("those_of", str(refusal))
        return None
