"""Calls as a program makes them that was written for CleverTap."""

import json
from typing import Any

from django.test import Client

from providers.models import ApiKey, Project, Scope
from tests.providers.api.keys import key_of


def program(key: ApiKey, text: str) -> Client:
    """Knows the key by its two parts."""
    secret = text.removeprefix(f"kb_live_{key.public_id}_")
    return showing(key.public_id, secret)


def program_of(project: Project, *scopes: Scope) -> Client:
    return program(*key_of(project, *scopes))


def showing(account: str, passcode: str) -> Client:
    return Client(headers={"X-CleverTap-Account-Id": account, "X-CleverTap-Passcode": passcode})


def call(caller: Client, address: str, body: object) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return caller.post(address, raw, content_type="application/json; charset=utf-8")


def fault_of(answer: Any) -> tuple[int, str]:
    """The status and the sentence, in the form that its clients read."""
    told = answer.json()
    assert answer["Content-Type"] == "application/json"
    assert (sorted(told), told["status"]) == (["code", "error", "status"], "fail")
    assert told["code"] == answer.status_code
    return answer.status_code, told["error"]
