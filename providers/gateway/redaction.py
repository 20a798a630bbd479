"""Credentials blotted out of whatever Gupshup sends back, and text made fit for PostgreSQL."""

import html
import json
from functools import lru_cache
from urllib.parse import quote, quote_plus

from providers.gateway.requests import Credentials

BLOT = "•••"


def shown_text(text: str, *, characters: int, credentials: Credentials) -> str:
    """Blotted before it is cut, so that no half of a password is left at the end."""
    for secret in _spellings(credentials):
        if secret in text:
            text = text.replace(secret, BLOT)
    return storable_text(text, characters=characters)


def storable_text(text: str, *, characters: int) -> str:
    """PostgreSQL's text takes neither NUL nor lone surrogates."""
    kept = text[:characters].replace("\x00", "")
    return kept if kept.isascii() else kept.encode("utf-8", "replace").decode()


@lru_cache(maxsize=64)
def _spellings(credentials: Credentials) -> tuple[str, ...]:
    """The secrets as they may be echoed, the longest first."""
    found: set[str] = set()
    for secret in (credentials.password, credentials.user_id):
        encoded = secret.encode("utf-8", "replace")
        found |= {secret, quote(encoded, safe=""), quote_plus(encoded), html.escape(secret)}
        found.add(json.dumps(secret)[1:-1])
    return tuple(sorted(found - {""}, key=len, reverse=True))
