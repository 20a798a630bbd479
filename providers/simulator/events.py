"""What Gupshup posts back: delivery reports, clicks and customers' messages, as the vendor's pages
print them."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from providers.simulator.accounts import Account
from providers.simulator.behaviours import Report
from providers.simulator.forms import form_encoded

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
INDIA = timezone(timedelta(hours=5, minutes=30))
USER_AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@dataclass(slots=True, kw_only=True)
class Sent:
    """A message that went out to a person."""

    account: Account
    phone: str
    external_id: str
    msg_id: str
    extra: str
    form: Mapping[str, str] = field(repr=False)
    at: float
    stages: tuple[tuple[float, str], ...] = ()
    """When which event happens on the phone, in order."""

    def stage(self, now: float) -> str:
        happened = [event for at, event in self.stages if at <= now]
        return happened[-1] if happened else "ACCEPTED"


@dataclass(slots=True)
class Event:
    """One delivery report; `at` is when it happened, not when it is posted."""

    sent: Sent
    report: Report
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One call of ours to a customer's callback address."""

    url: str
    body: bytes
    content_type: str
    reports: int = 0
    tries: int = 0


def delivery_post(url: str, events: Sequence[Event], *, clock_behind: float = 0.0) -> Post:
    """Form-encoded, one field `response` that holds a JSON array. Its times are those of a clock
    that many seconds behind."""
    reports = json.dumps([_report(event, clock_behind) for event in events], separators=(",", ":"))
    body = f"response={form_encoded(reports)}".encode("ascii")
    return Post(url=url, body=body, content_type=FORM, reports=len(events))


def _report(event: Event, clock_behind: float) -> dict[str, Any]:
    sent, report = event.sent, event.report
    row: dict[str, Any] = {
        "srcAddr": sent.account.mask,
        "extra": sent.extra,
        "channel": "WHATSAPP",
        "externalId": sent.external_id,
        "cause": report.cause,
        "errorCode": report.code,
        "destAddr": f"+{sent.phone}",
        "eventType": report.event,
        "eventTs": int((event.at - clock_behind) * 1000),
    }
    if not sent.extra:
        del row["extra"]
    return row


def click_post(sent: Sent, target: str, at: float) -> Post:
    """The click tracking format; the time has no zone and means India's."""
    clicked = datetime.fromtimestamp(at, UTC).astimezone(INDIA)
    return _json_post(
        sent.account.status_url,
        {
            "deviceType": "Mobile",
            "gsurl": short_link(sent),
            "mobile": sent.phone,
            "clickTime": f"{clicked:%Y-%m-%d %H:%M:%S}",
            "originalURL": target,
            "userId": sent.account.hsm_user,
            "token": "********",
            "msg_id_or_blank": sent.msg_id,
            "causeId": sent.external_id.partition("-")[0],
            "internalId": "0",
            "carrier": "Airtel",
            "browser": "Chrome",
            "extra": sent.extra,
            "device": "Linux+Mobile",
            "userAgent": USER_AGENT,
        },
    )


def generic_click_post(sent: Sent, target: str, at: float) -> Post:
    status = {
        "msgId": sent.extra,
        "status": "clicked",
        "timestamp": int(at),
        "url": target,
        "shortUrl": f"https://{short_link(sent)}",
        "userAgent": USER_AGENT,
    }
    return _json_post(sent.account.status_url, {"payloadVersion": 0.1, "statuses": [status]})


def short_link(sent: Sent) -> str:
    return f"gs.example/{int(sent.external_id.partition('-')[0]):x}"


def inbound_post(account: Account, fields: Mapping[str, str], *, as_form: bool) -> Post:
    if not as_form:
        return _json_post(account.response_url, fields)
    body = urlencode(fields).encode("ascii")
    return Post(url=account.response_url, body=body, content_type=FORM)


def text_message(account: Account, phone: str, name: str, text: str) -> dict[str, str]:
    return _inbound(account, phone, name) | {"text": text, "type": "text"}


def button_message(
    account: Account, phone: str, name: str, *, text: str, payload: str, answers: Sent | None
) -> dict[str, str]:
    """`replyId` and `messageId` are the halves of the answered message's id."""
    reply_id, _, message_id = answers.external_id.partition("-") if answers else ("", "", "")
    button = json.dumps({"payload": payload, "text": text})
    return _inbound(account, phone, name) | {
        "type": "button",
        "button": button,
        "replyId": reply_id,
        "messageId": message_id,
    }


def picture_message(account: Account, phone: str, name: str, caption: str) -> dict[str, str]:
    picture = {
        "mime_type": "image/jpeg",
        "url": "https://media.example/picture",
        "signature": "?sig=0",
        "caption": caption,
    }
    return _inbound(account, phone, name) | {"type": "image", "image": json.dumps(picture)}


def _inbound(account: Account, phone: str, name: str) -> dict[str, str]:
    return {
        "waNumber": account.number,
        "mobile": phone,
        "name": name,
        "timestamp": str(int(time.time() * 1000)),
    }


def _json_post(url: str, content: Mapping[str, Any]) -> Post:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Post(url=url, body=body, content_type=JSON)
