"""What production can't do without, checked before anything else is read."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping

from cryptography.fernet import Fernet
from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)

from config.embedded.local_folder import MADE_BY_DEMO
from providers.network.public_links import flaw_of

# Of the 32 bytes of a key; in one drawn by chance some thirty differ.
_KEY_MIN_UNIQUE_BYTES = 16
# Of a text that nobody may guess; in one of 20 signs drawn by chance some sixteen differ.
_TEXT_MIN_UNIQUE_SIGNS = 8
_ORIGIN = re.compile(r"https://(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:[0-9]{1,5})?/?")

REQUIRED = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "CREDENTIAL_KEYS",
    "INSTANCE_ID",
    "PUBLIC_BASE_URL",
)


def missing_or_unsafe(environment: Mapping[str, str]) -> list[str]:
    """A short phrase for each variable that keeps production from starting, in fixed order."""
    missing = [f"{name} is not set" for name in REQUIRED if not environment.get(name)]
    checks: Mapping[str, Callable[[str], str | None]] = {
        "ALLOWED_HOSTS": _allowed_hosts,
        "SECRET_KEY": _secret_key,
        "CREDENTIAL_KEYS": _credential_keys,
        "INSTANCE_ID": _instance_id,
        "PUBLIC_BASE_URL": _public_base_url,
        "ERASURE_KEY": lambda value: _drawn("ERASURE_KEY", value),
        "METRICS_TOKEN": lambda value: _drawn("METRICS_TOKEN", value),
    }
    unsafe = [
        problem
        for name, check in checks.items()
        if (value := environment.get(name)) and (problem := check(value))
    ]
    return missing + unsafe


def _allowed_hosts(value: str) -> str | None:
    if "*" in [host.strip() for host in value.split(",")]:
        return "ALLOWED_HOSTS is unsafe (name each host)"
    return None


def _secret_key(value: str) -> str | None:
    """As Django's own check wants it."""
    is_weak = (
        len(value) < SECRET_KEY_MIN_LENGTH or len(set(value)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
    )
    if is_weak or value.startswith((MADE_BY_DEMO, SECRET_KEY_INSECURE_PREFIX)):
        return "SECRET_KEY is unsafe (use at least 50 random characters, not the demo's)"
    return None


def _credential_keys(value: str) -> str | None:
    keys = [key.strip() for key in value.split(",")]
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        return "CREDENTIAL_KEYS must be Fernet keys, separated by commas"
    if any(len(set(urlsafe_b64decode(key))) < _KEY_MIN_UNIQUE_BYTES for key in keys):
        return "CREDENTIAL_KEYS is unsafe (have each key drawn by chance)"
    return None


def _instance_id(value: str) -> str | None:
    if value.startswith(MADE_BY_DEMO):
        return "INSTANCE_ID is unsafe (it is the demo's)"
    return None


def _drawn(name: str, value: str) -> str | None:
    if value.startswith(MADE_BY_DEMO) or len(set(value)) < _TEXT_MIN_UNIQUE_SIGNS:
        return f"{name} is unsafe (have it drawn by chance, not by the demo)"
    return None


def _public_base_url(value: str) -> str | None:
    must = "PUBLIC_BASE_URL must"
    if not value.startswith("https://"):
        return f"{must} start with https://"
    if not _ORIGIN.fullmatch(value):
        return f"{must} be https:// and a host, without user, path or query"
    if flaw_of(value):
        return f"{must} have a host that the internet can reach"
    return None
