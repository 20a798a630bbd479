"""A property's own acts: another name, another type, gone. Each names first who uses it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from campaigns.audience.imports.property_names import LONGEST_NAME
from campaigns.audience.imports.values import ValueType
from campaigns.audience.property_changes.fitting import what_fits
from campaigns.audience.property_changes.ordering import (
    delete_property,
    rename_property,
    retype_property,
)
from campaigns.audience.property_facts import (
    campaigns_filling,
    people_with,
    users_of_property,
)
from campaigns.models import ProfileProperty
from providers.admin.dialogs import Dialog
from providers.models import Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import go_to
from providers.watch.actors import Actor

MOST_NAMED = 10
IN_A_MOMENT = "It takes a moment where many people have it: the list says when it is done."


class PropertyDialog(Dialog):
    role = Role.MARKETER
    related = ("project",)
    template = "campaigns/property_dialog.html"
    form_class: type[forms.Form] = PlainForm
    said: str

    def do(self, known: ProfileProperty, form: forms.Form, by: Actor) -> None:
        """Raises Refusal."""
        raise NotImplementedError

    def users(self, known: ProfileProperty) -> list[str]:
        """Because of whom nothing would be done."""
        return users_of_property(known)

    def more(self, known: ProfileProperty, form: forms.Form) -> dict[str, Any]:
        return {}

    def shown(self, request: HttpRequest, known: ProfileProperty) -> dict[str, Any]:
        return self._asked(known, self.form_class(initial=self.initial(known)))

    def initial(self, known: ProfileProperty) -> dict[str, Any]:
        return {}

    def _asked(self, known: ProfileProperty, form: forms.Form) -> dict[str, Any]:
        users = self.users(known)
        named = {"users": users[:MOST_NAMED], "others": max(len(users) - MOST_NAMED, 0)}
        return {"known": known, "form": form, **named, **self.more(known, form)}

    def post(self, request: HttpRequest, known: ProfileProperty) -> HttpResponse:
        form = self.form_class(request.POST)
        if form.is_valid():
            try:
                self.do(known, form, actor_of(request))
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        if not form.is_valid():
            return self.ask(request, **self._asked(known, form))
        messages.success(request, f"{self.said} {IN_A_MOMENT}")
        return go_to(request, self.admin.list_page)


class NameForm(PlainForm):
    name = forms.CharField(
        label="New name",
        max_length=LONGEST_NAME,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "data-begins": True}),
    )


class RenameDialog(PropertyDialog):
    address, name = "<int:pk>/rename/", "rename"
    title = "Give this property another name"
    text = (
        "Segments and the columns of earlier files take the new name along. In texts that you write"
        " from now on, use the new one."
    )
    button = "Rename it"
    said = "It is being renamed."
    form_class = NameForm

    def initial(self, known: ProfileProperty) -> dict[str, Any]:
        return {"name": known.name}

    def users(self, known: ProfileProperty) -> list[str]:
        return list(campaigns_filling(known))

    def do(self, known: ProfileProperty, form: forms.Form, by: Actor) -> None:
        rename_property(known, form.cleaned_data["name"], by=by)


class TypeForm(PlainForm):
    """First it says what would not fit, then it is asked to do it."""

    read_as = forms.ChoiceField(
        label="Read its values as", choices=ValueType.choices, widget=UnfoldAdminSelectWidget
    )
    looked = forms.CharField(required=False, widget=forms.HiddenInput)


class RetypeDialog(PropertyDialog):
    address, name = "<int:pk>/type/", "retype"
    title = "Give this property another type"
    text = "A value that does not fit the new type is lost. Nobody can bring it back."
    button = "See what fits"
    said = "Its values are being read anew."
    form_class = TypeForm
    is_grave = True

    def initial(self, known: ProfileProperty) -> dict[str, Any]:
        return {"read_as": known.type}

    def more(self, known: ProfileProperty, form: forms.Form) -> dict[str, Any]:
        if not form.is_bound or "read_as" not in form.cleaned_data:
            return {}
        read_as = ValueType(form.cleaned_data["read_as"])
        return {"fit": what_fits(known, read_as), "read_as": read_as}

    def post(self, request: HttpRequest, known: ProfileProperty) -> HttpResponse:
        form = TypeForm(request.POST)
        if form.is_valid() and form.cleaned_data["looked"] != form.cleaned_data["read_as"]:
            return self.ask(request, **self._asked(known, form))
        return super().post(request, known)

    def do(self, known: ProfileProperty, form: forms.Form, by: Actor) -> None:
        retype_property(known, ValueType(form.cleaned_data["read_as"]), by=by)


class DeleteDialog(PropertyDialog):
    address, name = "<int:pk>/remove/", "remove"
    title = "Delete this property?"
    text = "Its values go, too, of everybody who has one. Nobody can bring them back."
    button = "Delete it"
    said = "It is deleted, and its values are being removed."
    is_grave = True

    def more(self, known: ProfileProperty, form: forms.Form) -> dict[str, Any]:
        return {"people": people_with(known)}

    def do(self, known: ProfileProperty, form: forms.Form, by: Actor) -> None:
        delete_property(known, by=by)


PROPERTY_DIALOGS = (RenameDialog, RetypeDialog, DeleteDialog)
