"""Gupshup's answer as it came over the wire, turned into an `Answer`. Never raises.

Almost every answer is HTTP 200 and the verdict is in the body. Only a success status makes a
message accepted; what is none of the known shapes leaves it in doubt.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from providers.gateway.codes import ALREADY_REQUESTED, UNREADABLE, SendCode, send_code
from providers.gateway.redaction import shown_text, storable_text
from providers.gateway.requests import Credentials, GatewayRequest, OptIn
from providers.gateway.results import Answer, Verdict
from providers.gateway.shapes import Entry, read_entry

BODY_CHARACTERS = 4096
DETAIL_CHARACTERS = 500
ID_CHARACTERS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came over the wire; `body` is whole, `seconds` counts from the start of the call."""

    http_status: int
    body: bytes = field(repr=False)
    seconds: float

    @property
    def is_success(self) -> bool:
        return 200 <= self.http_status < 300

    @property
    def body_counts(self) -> bool:
        """Redirects, 429 and 5xx may come from a proxy, whatever their body says."""
        return self.is_success or (400 <= self.http_status < 500 and self.http_status != 429)


def read_answer(
    reply: Reply,
    request: GatewayRequest,
    credentials: Credentials,
    extra_codes: Mapping[str, SendCode],
) -> Answer:
    text = reply.body.decode("utf-8", "replace")
    entry = read_entry(text) if reply.body_counts else None
    body = shown_text(text, characters=BODY_CHARACTERS, credentials=credentials)
    if entry is None or (entry.accepted and not reply.is_success):
        return _without_verdict(reply, body, extra_codes)
    if entry.accepted:
        return _accepted(reply, body, entry)
    detail = shown_text(entry.detail, characters=DETAIL_CHARACTERS, credentials=credentials)
    known = send_code(storable_text(entry.value, characters=ID_CHARACTERS), extra_codes)
    if known.code == ALREADY_REQUESTED and isinstance(request, OptIn):
        return _refused(reply, body, known, detail, verdict=Verdict.ACCEPTED)
    return _refused(reply, body, known, detail, verdict=known.consequence.verdict)


def _accepted(reply: Reply, body: str, entry: Entry) -> Answer:
    return Answer(
        verdict=Verdict.ACCEPTED,
        external_id=storable_text(entry.value, characters=ID_CHARACTERS) or None,
        http_status=reply.http_status,
        seconds=reply.seconds,
        body=body,
    )


def _refused(reply: Reply, body: str, known: SendCode, detail: str, *, verdict: Verdict) -> Answer:
    return Answer(
        verdict=verdict,
        code=known.code,
        detail=detail,
        scope=known.consequence.scope if verdict is not Verdict.ACCEPTED else None,
        slow_down=known.consequence.slow_down,
        http_status=reply.http_status,
        seconds=reply.seconds,
        body=body,
    )


def _without_verdict(reply: Reply, body: str, extra_codes: Mapping[str, SendCode]) -> Answer:
    code = UNREADABLE if reply.is_success else f"http_{reply.http_status}"
    known = send_code(code, extra_codes)
    return _refused(reply, body, known, known.meaning, verdict=known.consequence.verdict)
