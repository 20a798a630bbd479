"""The form of the General page, in marketers' words."""

import json
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from providers.admin.long_select import LongSelect
from providers.admin.yes_no_unknown import YesNoUnknownField, as_choice
from providers.connection.keyword_lists import WordListError, in_both, read_words
from providers.models import CAP_DAYS, MOST_CAP, MOST_CONTROL, Project
from providers.phones.countries import countries
from providers.phones.country_zones import ZONES
from providers.phones.zone_names import zone_names
from providers.views.plain_errors import PlainModelForm

_TOO_MANY_HELD_BACK = (
    f"A control group is from 1 to {MOST_CONTROL} in a hundred. Leave it empty for none."
)


_NO_SUCH_CAP = f"A cap is from 1 to {MOST_CAP:,} messages. Leave it empty for none."


def _number_input(*, least: int = 0, most: int) -> UnfoldAdminTextInputWidget:
    bounds = {"min": str(least), "max": str(most)}
    return UnfoldAdminTextInputWidget(attrs={"type": "number", **bounds})


def _cap(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MOST_CAP,
        error_messages={"max_value": _NO_SUCH_CAP, "min_value": _NO_SUCH_CAP},
        widget=_number_input(least=1, most=MOST_CAP),
        **kwargs,
    )


class WordsField(forms.CharField):
    """A list of words, one per line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        try:
            return read_words(super().clean(value))
        except WordListError as error:
            raise forms.ValidationError(str(error)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != (data or "").splitlines())


class ProjectForm(PlainModelForm):
    time_zone = forms.ChoiceField(
        choices=lambda: [(zone, zone) for zone in zone_names()],
        widget=LongSelect,
        help_text="Times in the console and in campaigns are this zone's.",
    )
    default_country = forms.ChoiceField(
        choices=lambda: [(country.code, str(country)) for country in countries()],
        widget=LongSelect,
        help_text="Phone numbers without a country code are read as this country's.",
    )
    imported_as_subscribed = YesNoUnknownField(
        label="Imported people are subscribed",
        unknown="Unknown: they get no messages until you know better",
        yes="Yes: everybody in my files has agreed to get messages",
        no="No: they get no messages",
        help_text="For files that have no MSG-whatsapp column.",
    )
    opt_out_words = WordsField(
        label="Words to stop",
        help_text="One per line. Somebody who sends exactly one of these, in small or capital "
        "letters, gets no more messages.",
        error_messages={"required": "Keep at least one word: people must be able to leave."},
    )
    opt_in_words = WordsField(
        label="Words to come back",
        required=False,
        help_text="One per line. Undoes a stop that the same person has sent.",
    )

    control_percent = forms.IntegerField(
        label="Control group, in percent",
        required=False,
        min_value=0,
        max_value=MOST_CONTROL,
        error_messages={"max_value": _TOO_MANY_HELD_BACK, "min_value": _TOO_MANY_HELD_BACK},
        widget=_number_input(most=MOST_CONTROL),
        help_text="So many people in a hundred get no marketing campaign at all, so that you can "
        "compare. Chance draws them, and they stay in the group. Leave it empty for none.",
    )

    most_per_day = _cap("Messages to one person in 24 hours, at most")
    most_per_week = _cap("In 7 days, at most")
    most_per_month = _cap(
        "In 30 days, at most",
        help_text="Over all campaigns, counted back from the moment of each message. Who has had "
        "so many is left out, and the campaign says so. Leave them empty for no cap; a campaign "
        "can go without asking.",
    )

    class Media:
        js = ["providers/country_zone.js"]

    class Meta:
        model = Project
        fields = [
            "name",
            "time_zone",
            "default_country",
            "imported_as_subscribed",
            "opt_out_words",
            "opt_out_confirmation",
            "opt_in_words",
            "opt_in_confirmation",
            "control_percent",
            *CAP_DAYS,
            "needs_approval",
            "auto_reply_pause_minutes",
            "auto_reply_daily_limit",
            "reply_window_hours",
            "requires_two_factor",
        ]
        labels = {
            "opt_out_confirmation": "Answer to a stop",
            "opt_in_confirmation": "Answer to coming back",
            "auto_reply_pause_minutes": "Pause between auto-replies",
            "auto_reply_daily_limit": "Auto-replies a day",
            "reply_window_hours": "Replies count for",
            "needs_approval": "Campaigns need approval",
            "requires_two_factor": "Everybody signs in with a second factor",
        }
        help_texts = {
            "opt_out_confirmation": "Sent once, at once. Leave it empty to send nothing.",
            "opt_in_confirmation": "Sent once, at once. Leave it empty to send nothing.",
            "auto_reply_pause_minutes": "Minutes before the same number gets another auto-reply.",
            "auto_reply_daily_limit": "At most so many to one number, so that two robots never "
            "talk for ever.",
            "reply_window_hours": "Hours. A reply is counted for the last campaign message that "
            "was sent to the person within this time.",
            "needs_approval": "Whoever wants a campaign to go out asks for it, and another "
            "marketer or project admin approves it or returns it with a word. What is published "
            "already goes on.",
            "requires_two_factor": "A code from an app on the phone, besides the password. Members "
            "who have none yet set it up before they see this project.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:  # the fields above know nothing of the model's defaults
            self.initial = {**model_to_dict(self.instance, [*self.fields]), **self.initial}
            self.fields["default_country"].widget.attrs["data-zones"] = json.dumps(ZONES)
        for name in ("opt_out_confirmation", "opt_in_confirmation"):
            if name in self.fields:
                self.fields[name].widget.attrs["rows"] = 3
        if (subscribed := self.initial.get("imported_as_subscribed")) is not None:
            self.initial["imported_as_subscribed"] = as_choice(subscribed)

    def clean_control_percent(self) -> int | None:
        return self.cleaned_data.get("control_percent") or None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        out, back = (cleaned.get(name, ()) for name in ("opt_out_words", "opt_in_words"))
        if shared := in_both(out, back):
            self.add_error("opt_in_words", f"“{shared[0]}” also stands among the words to stop.")
        return cleaned
