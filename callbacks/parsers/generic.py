"""The generic payload's statuses: clicks, and the reports of providers that speak it.

Its `msgId` is the `extra` of the send, not a message id; its times are seconds.
"""

from callbacks.parsers.delivery import STATUSES, report_code
from callbacks.parsers.facts import Click, DeliveryReport
from callbacks.parsers.times import moment
from callbacks.parsers.values import (
    AGENT,
    Context,
    Fields,
    address,
    first_object,
    required,
    word,
)

CLICK_NEEDED = "a click in `statuses` needs msgId, status, url and shortUrl"
REPORT_NEEDED = "an element of `statuses` needs msgId and status"


def is_click(row: Fields) -> bool:
    """By its status; without one, by its shape. A delivered message may name a link, too."""
    status = word(row.get("status"))
    if status:
        return status.lower() == "clicked"
    return bool(row.get("url") or row.get("shortUrl"))


def generic_click(row: Fields, context: Context) -> Click:
    required(word(row.get("status")), "status", needed=CLICK_NEEDED)
    at = moment(row.get("timestamp"), otherwise=context.at)
    return Click(
        extra=required(word(row.get("msgId")), "msgId", needed=CLICK_NEEDED),
        msg_id=None,
        url=required(address(row.get("url")), "url", needed=CLICK_NEEDED),
        short_url=required(address(row.get("shortUrl")), "shortUrl", needed=CLICK_NEEDED),
        phone=None,
        user_agent=word(row.get("userAgent"), AGENT),
        at=at,
        at_is_arrival=at is context.at,
    )


def generic_report(row: Fields, context: Context) -> DeliveryReport:
    event = required(word(row.get("status")), "status", needed=REPORT_NEEDED)
    status = STATUSES.get(event.upper(), "unknown")
    at = moment(row.get("timestamp"), otherwise=context.at)
    problem = first_object(row.get("error")) or first_object(row.get("errors"))
    return DeliveryReport(
        external_id=None,
        msg_id=None,
        extra=required(word(row.get("msgId")), "msgId", needed=REPORT_NEEDED),
        status=status,
        cause=word(problem.get("title") or problem.get("message"))
        or (event if status == "unknown" else None),
        code=report_code(problem.get("code")),
        phone=None,
        at=at,
        at_is_arrival=at is context.at,
    )
