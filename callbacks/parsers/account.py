"""Events about a template or a number, told from reports by their `field`."""

from callbacks.parsers.facts import AccountEvent
from callbacks.parsers.values import ID, Arrival, Fields, required, word

NEEDED = "an account event needs field"

# Where each event says what is new; `event` is the fallback of all.
NEWS = {
    "message_template_quality_update": ("new_quality_score",),
    "template_category_update": ("new_category", "meta_proposed_category"),
    "phone_number_messaging_limit_update": ("current_limit",),
}
SUBJECTS = (
    "message_template_id",
    "message_template_name",
    "waba_number",
    "display_phone_number",
    "phone_number",
)


def account_event(row: Fields, _arrival: Arrival) -> AccountEvent:
    field = required(word(row.get("field"), ID), "field", needed=NEEDED)
    return AccountEvent(
        field=field,
        event=_first(row, (*NEWS.get(field, ()), "event")),
        subject=_first(row, SUBJECTS),
    )


def _first(row: Fields, names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := word(row.get(name)))), None)
