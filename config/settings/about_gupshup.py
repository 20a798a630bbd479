"""What an operator may write as JSON of Gupshup's codes and of what Verify asks."""

import json
from typing import Any

from providers.gateway.requests import Account
from providers.gateway.troubles import Trouble

ACCOUNTS, KINDS = {*Account}, {*Trouble}
CALLS = {"list_templates", "empty_send", "none"}
PARTS = {"trouble", "meaning", "way_out"}
NOWHERE = {"": ""}


def extra_codes(value: str) -> str | None:
    return (
        None
        if all(map(_is_learnt, _object(value).values()))
        else 'must be JSON with a known trouble for each code, like {"313": "ip_refused"}'
    )


def verify_calls(value: str) -> str | None:
    given = _object(value)
    fits = given.keys() <= ACCOUNTS and all(_is_one_of(call, CALLS) for call in given.values())
    return None if fits else 'must be JSON with a call for an account, like {"two_way": "none"}'


def verify_works(value: str) -> str | None:
    given = _object(value)
    fits = given.keys() <= ACCOUNTS and all(map(_is_list_of_texts, given.values()))
    return None if fits else 'must be JSON with codes for an account, like {"two_way": ["101"]}'


def _object(value: str) -> dict[str, Any]:
    """Where it is none, one that fits nowhere."""
    try:
        given = json.loads(value)
    except (ValueError, RecursionError):
        return NOWHERE
    return given if isinstance(given, dict) else NOWHERE


def _is_learnt(entry: object) -> bool:
    if not isinstance(entry, dict):
        return _is_one_of(entry, KINDS)
    texts = all(isinstance(text, str) for text in entry.values())
    return texts and entry.keys() <= PARTS and _is_one_of(entry.get("trouble"), KINDS)


def _is_one_of(value: object, known: set[Any]) -> bool:
    return isinstance(value, str) and value in known


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
