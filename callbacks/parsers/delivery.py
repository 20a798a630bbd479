"""Delivery reports, by POST (eventType, eventTs, destAddr …) or by GET (status, deliveredTS …)."""

from callbacks.parsers.facts import DeliveryReport, Status
from callbacks.parsers.json_text import raw_text
from callbacks.parsers.times import moment
from callbacks.parsers.values import (
    ID,
    TYPE,
    Context,
    Fields,
    NotUnderstood,
    phone,
    required,
    word,
)

NEEDED = "a delivery report needs externalId and eventType (status by GET)"

# WhatsApp's words, then those of GET and SMS. Any other word changes nothing, and is kept.
STATUSES: dict[str, Status] = {
    "SENT": "sent",
    "DELIVERED": "delivered",
    "READ": "read",
    "FAILED": "failed",
    "SUCCESS": "delivered",
    "FAILURE": "failed",
    "SUBMITTED": "sent",
    "DELIVRD": "delivered",
    "UNDELIV": "failed",
    "EXPIRED": "failed",
}


def delivery_report(row: Fields, context: Context) -> DeliveryReport:
    external_id = required(word(row.get("externalId"), ID + 1), "externalId", needed=NEEDED)
    if len(external_id) > ID:
        raise NotUnderstood(f"externalId is longer than {ID} characters: {NEEDED}")
    event = required(_either(row, "eventType", "status"), "eventType", needed=NEEDED)
    status = STATUSES.get(event.upper(), "unknown")
    at = moment(_present(row, "eventTs", "deliveredTS"), otherwise=context.at)
    return DeliveryReport(
        external_id=external_id,
        msg_id=word(row.get("msg_id"), ID) or external_id.partition("-")[2] or None,
        extra=_extra(row.get("extra")),
        status=status,
        cause=word(row.get("cause")) or (event if status == "unknown" else None),
        code=report_code(row.get("errorCode")) or report_code(row.get("errCode")),
        phone=phone(row.get("destAddr")) or phone(row.get("phoneNo")),
        at=at,
        at_is_arrival=at is context.at,
    )


def report_code(value: object) -> str | None:
    """Text as it came; a number has lost the zeros that pad a code to three digits."""
    return f"{value:03d}" if type(value) is int else word(value, TYPE)


def _extra(value: object) -> str | None:
    """Ours is text; other systems on the same account put JSON there."""
    return word(raw_text(value) if isinstance(value, dict | list) else value)


def _either(row: Fields, name: str, by_get: str) -> str | None:
    return word(row.get(name)) or word(row.get(by_get))


def _present(row: Fields, name: str, by_get: str) -> object:
    value = row.get(name)
    return row.get(by_get) if value is None else value
