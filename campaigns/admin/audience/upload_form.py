"""The first page of an import: the file, and what to do with the people in it."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from campaigns.admin.lists.list_choice import ListChoiceField, offer_lists
from campaigns.audience.imports.uploading import LARGEST
from campaigns.models import CustomList, ImportKind
from providers.models import Project
from providers.names.visible_names import see_all_of
from providers.views.plain_errors import PlainForm

KINDS = [
    (ImportKind.PEOPLE, "Add new people and update those you have"),
    (ImportKind.LIST, "Only put people you have into a list"),
    (ImportKind.EVENTS, "Add events of people you have: what they did, and when"),
]


class UploadForm(PlainForm):
    file = forms.FileField(
        label="CSV file or Excel workbook",
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.tsv,.txt,.xlsx,text/csv",
                "class": "ki-file",
                "data-largest": LARGEST,
            }
        ),
        max_length=255,
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "max_length": "The file's name is too long. Rename it and choose it again.",
        },
    )
    kind = forms.ChoiceField(
        label="What to do",
        choices=KINDS,
        initial=ImportKind.PEOPLE,
        widget=UnfoldAdminRadioSelectWidget,
    )
    named_after_file = forms.BooleanField(
        label="Into a new list, named after the file",
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text="A campaign can go to a list. If you choose or name one below, they go there.",
    )
    into_list = ListChoiceField(label="Into a list you have", empty_label="No list you have")
    new_list = forms.CharField(
        label="Or into a new list that you name",
        required=False,
        max_length=100,
        validators=[see_all_of],
        widget=UnfoldAdminTextInputWidget(
            attrs={"placeholder": "Name of the new list", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._project = project
        offer_lists(self.fields["into_list"], project)

    def clean_new_list(self) -> str:
        name: str = self.cleaned_data["new_list"]
        if name and CustomList.objects.filter(project=self._project, name=name).exists():
            raise forms.ValidationError(
                "There is a list of this name already. Choose it above, or write another name."
            )
        return name

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("into_list") and data.get("new_list"):
            self.add_error("new_list", "Choose a list above or name a new one, not both.")
        if data.get("kind") == ImportKind.EVENTS and data.get("into_list"):
            self.add_error("into_list", "Events go into no list. Choose “No list you have”.")
        if data.get("kind") == ImportKind.EVENTS and data.get("new_list"):
            self.add_error("new_list", "Events go into no list. Leave this blank.")
        has_list = any(map(data.get, ("into_list", "new_list", "named_after_file")))
        if data.get("kind") == ImportKind.LIST and not has_list and "new_list" not in self.errors:
            self.add_error("new_list", "Choose a list, or name a new one.")
        return data

    @property
    def makes_list(self) -> bool:
        """Whether a new list is named after the file."""
        data = self.cleaned_data
        is_elsewhere = data["into_list"] or data["new_list"] or data["kind"] == ImportKind.EVENTS
        return bool(data["named_after_file"] and not is_elsewhere)
