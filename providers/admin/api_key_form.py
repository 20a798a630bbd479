"""The form of a new API key."""

from datetime import timedelta

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from providers.models import ApiKey, Scope
from providers.network.ranges import NetworkError, network_text, read_source_network
from providers.views.plain_errors import PlainModelForm

MOST_NETWORKS = 20
MOST_A_DAY = 10_000_000
NEVER = "never"
LASTS = {"30": "30 days", "90": "90 days", "365": "A year", NEVER: "It doesn't end by itself"}
USUAL = "365"


class ApiKeyForm(PlainModelForm):
    may = forms.MultipleChoiceField(
        label="It may",
        choices=[
            (Scope.READ, "Read people, lists, segments, templates, campaigns and messages"),
            (Scope.WRITE, "Write people and events, lists, templates and drafts; erase people"),
            (Scope.SEND, "Send messages and replies; publish, pause, resume and stop campaigns"),
            (Scope.EXPORT, "Export all people, events and messages as files"),
        ],
        initial=[Scope.WRITE],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Give it no more than the program needs.",
    )
    sends_a_day = forms.IntegerField(
        label="Messages a day, at most",
        required=False,
        min_value=1,
        max_value=MOST_A_DAY,
        widget=UnfoldAdminTextInputWidget(
            attrs={"type": "number", "min": "1", "max": str(MOST_A_DAY)}
        ),
        help_text="For a key that may send: what goes wrong in your program then has an end. Such "
        "a key neither publishes nor resumes campaigns. Leave it empty for no limit.",
    )
    lasts = forms.ChoiceField(
        label="It ends after",
        choices=list(LASTS.items()),
        initial=USUAL,
        widget=UnfoldAdminRadioSelectWidget,
    )
    only_from = forms.CharField(
        label="Only from these networks",
        required=False,
        max_length=2_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="One address or range a line, like 203.0.113.7 or 203.0.113.0/28. Leave it empty "
        "to take calls from everywhere.",
    )
    field_order = ["name", "may", "sends_a_day", "lasts", "only_from"]

    class Meta:
        model = ApiKey
        fields = ["name"]
        widgets = {"name": UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})}

    def clean_only_from(self) -> list[str]:
        lines = [line for line in self.cleaned_data["only_from"].splitlines() if line.strip()]
        if len(lines) > MOST_NETWORKS:
            raise forms.ValidationError(f"At most {MOST_NETWORKS} networks, please.")
        try:
            return [network_text(read_source_network(line)) for line in lines]
        except NetworkError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_may(self) -> list[Scope]:
        return [Scope(word) for word in self.cleaned_data["may"]]

    def clean_lasts(self) -> timedelta | None:
        days = self.cleaned_data["lasts"]
        return None if days == NEVER else timedelta(days=int(days))
