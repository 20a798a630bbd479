"""What Gupshup posted: some of it applied, some parked, some not looked at yet, some refused."""

import json
import time
from collections.abc import Sequence
from typing import Any

from callbacks.models import Receipt, ReceiptState
from callbacks.receipts.processing import drain
from callbacks.receiving.refusing import refusals
from campaigns.sending.claiming import Claim
from providers.models import Project
from tests.callbacks.posting import Gupshup, gupshup_of, inbound, report

STRANGERS = ("919000040001", "919000040002")
GATEWAY_ID = "4687162516402008133-497817541934555810"
NOBODYS_ID = "4687162516402008133-497817541934555811"
OLD_TEXT = inbound("What is this?", mobile="919000040003")


def post_what_is_applied(project: Project, sent: Sequence[Claim]) -> None:
    """A report each, a click, a reply, a STOP, two strangers, news of the account; and what
    comes too early to be matched, never matches, or can't be read."""
    gupshup = gupshup_of(project)
    first, second, third, *_ = sent
    _post(gupshup, "status", [report(first.message_id), report(second.message_id, "READ")])
    _post(gupshup, "status", _click(second))
    _post(gupshup, "response", _now(first.phone, "Yes please"))
    _post(gupshup, "response", _now(third.phone, "STOP"))
    for stranger in STRANGERS:
        _post(gupshup, "response", _now(stranger, "Are you open?"))
    _post(gupshup, "status", _status_of("teas_of_the_week"))
    for unknown in (GATEWAY_ID, NOBODYS_ID):
        _post(gupshup, "status", [report(1, "READ", extra=None, externalId=unknown)])
    gupshup.post(b"nonsense")
    gupshup.post(b"whatever made it fail")
    Gupshup(f"{gupshup.key}x").post(b"[]")
    refusals.write()
    drain()
    _fail_last()


def post_what_waits(project: Project, doubtful: Claim, known: Claim) -> None:
    """For the next release to apply."""
    gupshup = gupshup_of(project)
    _post(gupshup, "status", [report(doubtful.message_id)])
    _post(gupshup, "response", inbound("STOP", mobile=known.phone.lstrip("+")))
    _post(gupshup, "response", OLD_TEXT)


def _post(gupshup: Gupshup, to: str, payload: object) -> None:
    answer = gupshup.post(json.dumps(payload), to=to)
    assert answer.status_code == 200, answer.content


def _now(phone: str, text: str) -> dict[str, Any]:
    timestamp = str(int(time.time() * 1000))
    return inbound(text, mobile=phone.lstrip("+"), timestamp=timestamp)


def _click(claim: Claim) -> dict[str, Any]:
    return {
        "extra": f"{claim.campaign_id}|1767000000|20251229|{claim.message_id}|0",
        "clickTime": "2026-03-01 16:00:00",
        "originalURL": "https://chai.example.com/menu/pune",
        "gsurl": "https://gs.example/abc",
    }


def _status_of(template: str) -> list[dict[str, Any]]:
    return [
        {
            "field": "message_template_quality_update",
            "message_template_id": 4711000000000003,
            "message_template_name": template,
            "message_template_language": "en",
            "new_quality_score": "GREEN",
        }
    ]


def _fail_last() -> None:
    """Nothing that we know of makes a receipt fail; what did once is mended."""
    last = Receipt.objects.order_by("pk").last()
    assert last is not None
    Receipt.objects.filter(pk=last.pk).update(
        state=ReceiptState.FAILED, tries=3, problem="ValueError: as an older release said"
    )
