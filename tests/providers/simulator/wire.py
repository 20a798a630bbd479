"""Calls to the simulator as anybody could make them: no client of ours between."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.gateway_simulator import (
    HSM_PASSWORD,
    HSM_USER,
    TWO_WAY_PASSWORD,
    TWO_WAY_USER,
    SimulatorClient,
)

PHONE = "919000000011"
HSM = {"userid": HSM_USER, "password": HSM_PASSWORD}
TWO_WAY = {"userid": TWO_WAY_USER, "password": TWO_WAY_PASSWORD}
COMMON = {"auth_scheme": "plain", "v": "1.1", "format": "json"}
OPT_IN = {"method": "OPT_IN", "channel": "WHATSAPP", "phone_number": PHONE}
TEMPLATE = {
    "method": "SENDMESSAGE",
    "send_to": PHONE,
    "msg_type": "HSM",
    "isHSM": "true",
    "whatsAppTemplateId": "100",
    "msg_id": "7-1",
    "extra": "3|1658264893|20220720|7|0",
}
SESSION = {
    "method": "SENDMESSAGE",
    "send_to": PHONE,
    "msg_type": "TEXT",
    "msg": "Hello",
    "msg_id": "7-1",
    "extra": "0|1658264893|20220720|7|0",
}


def raw(gateway: SimulatorClient, **form: str) -> tuple[int, str]:
    request = Request(gateway.gateway_url, data=urlencode(form).encode())
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def ask(gateway: SimulatorClient, *parts: dict[str, str], **more: str) -> dict[str, Any]:
    """The `response` envelope of the answer."""
    form: dict[str, str] = {}
    for part in (COMMON, *parts, more):
        form |= part
    _, body = raw(gateway, **form)
    response: dict[str, Any] = json.loads(body)["response"]
    return response


def code(gateway: SimulatorClient, *parts: dict[str, str], **more: str) -> str:
    """The error's code, or "success"."""
    response = ask(gateway, *parts, **more)
    return str(response["id"]) if response["status"] == "error" else str(response["status"])
