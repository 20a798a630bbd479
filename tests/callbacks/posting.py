"""Gupshup's side of the callbacks, for tests: requests with a project's key, and usual bodies."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
EXTERNAL = "5145722132009541678"


@dataclass(frozen=True)
class Gupshup:
    """Posts to one project's addresses."""

    key: str

    def post(
        self, body: bytes | str, *, to: str = "status", content_type: str = JSON
    ) -> HttpResponse:
        raw = body.encode() if isinstance(body, str) else body
        return Client().generic("POST", f"/gupshup/{to}?a={self.key}", raw, content_type)

    def get(self, query: str = "", *, to: str = "status") -> HttpResponse:
        return Client().get(f"/gupshup/{to}?a={self.key}{query}")


def gupshup_of(project: Project) -> Gupshup:
    return Gupshup(whole_key(current_key(project)))


def report(message_id: int, event: str = "DELIVERED", **fields: Any) -> dict[str, Any]:
    """One delivery report of our message, as Gupshup writes it."""
    return {
        "srcAddr": "SHOP",
        "extra": f"0|1767000000|20251229|{message_id}|0",
        "channel": "WHATSAPP",
        "externalId": f"{EXTERNAL}-{message_id}-1",
        "cause": event,
        "errorCode": "000",
        "destAddr": "919000011122",
        "eventType": event,
        "eventTs": 1772359200000,
    } | fields


def reports_form(*reports: dict[str, Any]) -> str:
    return urlencode({"response": json.dumps(reports)})


def inbound(text: str = "Hello", **fields: Any) -> dict[str, Any]:
    return {
        "waNumber": "919000000001",
        "mobile": "919000011122",
        "name": "Asha",
        "text": text,
        "type": "text",
        "timestamp": "1772359200000",
    } | fields
