"""People whom a page shows, put into a new list or one that is there: asked over the page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.admin.lists.list_choice import ListChoiceField, offer_lists
from campaigns.audience.filling_lists import list_of, put_into
from campaigns.audience.lists import LONGEST_NAME, free_name
from campaigns.audience.source import AudienceSource
from campaigns.models import CustomList
from providers.admin.dialogs import Dialog
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import go_to
from providers.watch.actors import Actor


def campaign_for(custom_list: CustomList) -> str:
    """The form of a new campaign to the people of a list."""
    return f"{reverse('admin:campaigns_campaign_add')}?audience=some&lists={custom_list.pk}"


def campaign_without(custom_list: CustomList) -> str:
    """The form of a new campaign that leaves the people of a list out."""
    return f"{reverse('admin:campaigns_campaign_add')}?without_lists={custom_list.pk}"


# What the dialog goes on with, by what was ticked.
_THEN = {"campaign": campaign_for, "without": campaign_without}


class FillingForm(PlainForm):
    into = ListChoiceField(label="Put them into", empty_label="A new list")
    name = forms.CharField(
        label="Name of the new list",
        max_length=LONGEST_NAME,
        required=False,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "data-begins": True}),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._project = project
        offer_lists(self.fields["into"], project)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("into") and not given.get("name") and not self.errors:
            self.add_error("name", "Give the new list a name, or choose one that is there.")
        return given

    def fill(self, source: AudienceSource, *, by: Actor) -> CustomList | None:
        """None where there is an error beside a field now."""
        into: CustomList | None = self.cleaned_data["into"]
        try:
            if into is None:
                return list_of(self._project, self.cleaned_data["name"], source, by=by)
            put_into(into, source, by=by)
        except Refusal as refusal:
            self.add_error("into" if into else "name", str(refusal))
            return None
        return into


class FillingDialog(Dialog):
    role = Role.MARKETER
    template = "campaigns/filling_dialog.html"
    title = "Put these people into a list"
    button = "Put them into the list"

    def people(self, request: HttpRequest, about: Any) -> AudienceSource:
        """Raises Refusal."""
        raise NotImplementedError

    def suggested(self, request: HttpRequest, about: Any) -> str:
        return str(about)

    def more(self, request: HttpRequest, about: Any) -> dict[str, Any]:
        """What else the dialog shows, asks and sends along."""
        return {}

    def shown(self, request: HttpRequest, about: Model) -> dict[str, Any]:
        project = self.project(request)
        start = {"name": free_name(project, self.suggested(request, about))}
        form = FillingForm(project=project, initial=start)
        return {"form": form, **self.more(request, about)}

    def post(self, request: HttpRequest, about: Model) -> HttpResponse:
        form = FillingForm(request.POST, project=self.project(request))
        filled = self._filled(request, about, form) if form.is_valid() else None
        if filled is None:
            return self.ask(request, form=form, **self.more(request, about))
        messages.success(request, f"They are in the list “{filled}” now. A campaign can go to it.")
        if goes_on := _THEN.get(request.POST.get("then", "")):
            return go_to(request, goes_on(filled))
        return go_to(request, reverse("admin:campaigns_customlist_change", args=[filled.pk]))

    def _filled(self, request: HttpRequest, about: Model, form: FillingForm) -> CustomList | None:
        try:
            people = self.people(request, about)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return None
        return form.fill(people, by=actor_of(request))
