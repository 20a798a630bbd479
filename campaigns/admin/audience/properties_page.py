"""A person's own properties, each in a field of its type."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.audience.imports.values import ValueRefusedError, ValueType, reader_of
from campaigns.audience.own_properties import save_properties
from campaigns.audience.property_changes.busy import busy_names
from campaigns.models import Profile, ProfileProperty, PropertyType
from providers.admin.pages import Page
from providers.models import Role
from providers.people.access import actor_of
from providers.views.plain_errors import PlainForm

LONGEST_TYPED = 60_000
YES_OR_NO = [("", "Not known"), ("true", "Yes"), ("false", "No")]
HELP = {
    PropertyType.NUMBER: "A number, like 1250 or 12.5.",
    PropertyType.DATE: "Like 2026-01-31 or 2026-01-31 18:30.",
    PropertyType.TEXTS: "Between semicolons, like vip; tea.",
}


class PropertiesForm(PlainForm):
    """What is left blank is not known of them."""

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone = profile.project.time_zone
        busy = busy_names(profile.project)
        own = ProfileProperty.objects.filter(project=profile.project_id).exclude(name__in=busy)
        self.own = {f"property-{each.pk}": each for each in own.order_by("name")}
        for key, each in self.own.items():
            self.initial[key] = _typed(profile.properties.get(each.name))
            self.fields[key] = _field(each, has_lines="\n" in self.initial[key])

    def clean(self) -> dict[str, Any]:
        """Property → value of those that were changed."""
        self.values: dict[str, object] = {}
        for key in self.changed_data:
            try:
                self.values[self.own[key].name] = self._read(key)
            except ValueRefusedError as problem:
                self.add_error(key, f"This {problem}")
        return self.cleaned_data

    def _read(self, key: str) -> object:
        text = self.cleaned_data.get(key, "").replace("\r\n", "\n")  # as browsers send lines
        reader = reader_of(ValueType(self.own[key].type), time_zone=self.time_zone)
        return json.loads(reader(text), strict=False) if text else None


def _field(property_: ProfileProperty, *, has_lines: bool) -> forms.Field:
    """A field of one line would send back a text of several as one."""
    shown: dict[str, Any] = {"label": property_.name, "required": False}
    if property_.type == PropertyType.BOOLEAN:
        return forms.ChoiceField(choices=YES_OR_NO, widget=UnfoldAdminSelectWidget, **shown)
    return forms.CharField(
        max_length=LONGEST_TYPED,
        widget=UnfoldAdminTextareaWidget if has_lines else UnfoldAdminTextInputWidget,
        help_text=HELP.get(PropertyType(property_.type), ""),
        **shown,
    )


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


class PropertiesPage(Page):
    address, name = "<int:pk>/properties/", "properties"
    role = Role.MARKETER
    related = ("project",)
    template = "campaigns/person_properties.html"

    def get(self, request: HttpRequest, profile: Profile) -> HttpResponse:
        return self._shown(request, profile, PropertiesForm(profile=profile))

    def post(self, request: HttpRequest, profile: Profile) -> HttpResponse:
        form = PropertiesForm(request.POST, profile=profile)
        if not form.is_valid():
            return self._shown(request, profile, form)
        save_properties(profile, form.values, by=actor_of(request))
        messages.success(request, "The properties are saved.")
        return HttpResponseRedirect(self.admin.page_of(profile))

    def _shown(self, request: HttpRequest, profile: Profile, form: PropertiesForm) -> HttpResponse:
        title = f"Properties of {profile}"
        return self.show(request, title=title, original=profile, form=form)
