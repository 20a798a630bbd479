"""Events about a template or a number, told from reports by their `field`."""

from callbacks.parsers.facts import AccountEvent
from callbacks.parsers.values import ID, TYPE, Context, Fields, required, word

NEEDED = "an account event needs field"

CATEGORY = "template_category_update"

# Where each event says what is new; `event` is the fallback of all.
NEWS = {
    "message_template_quality_update": ("new_quality_score",),
    CATEGORY: ("new_category", "meta_proposed_category"),
    "phone_number_messaging_limit_update": ("current_limit",),
}
SUBJECTS = (
    "message_template_id",
    "message_template_name",
    "waba_number",
    "display_phone_number",
    "phone_number",
)


def account_event(row: Fields, _context: Context) -> AccountEvent:
    field = required(word(row.get("field"), ID), "field", needed=NEEDED)
    return AccountEvent(
        field=field,
        event=_first(row, (*NEWS.get(field, ()), "event")),
        subject=_first(row, SUBJECTS),
        name=word(row.get("message_template_name")),
        language=word(row.get("message_template_language"), TYPE),
        reason=word(row.get("reason")),
        is_proposal=field == CATEGORY and not row.get("new_category"),
    )


def _first(row: Fields, names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := word(row.get(name)))), None)
