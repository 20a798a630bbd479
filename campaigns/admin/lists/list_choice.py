"""One of the project's custom lists, to be chosen in a form."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from campaigns.models import CustomList
from providers.models import Project


class ListChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def __init__(self, **kwargs: Any) -> None:
        nothing = CustomList.objects.none()
        super().__init__(nothing, required=False, widget=UnfoldAdminSelectWidget, **kwargs)


def offer_lists(field: forms.Field, project: Project | None) -> None:
    """A form learns only when it is opened which project it is in."""
    assert isinstance(field, ListChoiceField)  # noqa: S101
    field.queryset = CustomList.objects.filter(project=project).order_by("name")
