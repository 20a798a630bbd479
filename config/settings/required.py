"""What production can't do without, checked before anything else is read."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from config.embedded.local_folder import MADE_BY_DEMO

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
    checks = {
        "SECRET_KEY": _secret_key,
        "CREDENTIAL_KEYS": _credential_keys,
        "INSTANCE_ID": _instance_id,
        "PUBLIC_BASE_URL": _public_base_url,
    }
    unsafe = [
        problem
        for name, check in checks.items()
        if (value := environment.get(name)) and (problem := check(value))
    ]
    return missing + unsafe


def _secret_key(value: str) -> str | None:
    if value.startswith(MADE_BY_DEMO) or len(value) < 32:
        return "SECRET_KEY is unsafe (use at least 32 random characters, not the demo's)"
    return None


def _credential_keys(value: str) -> str | None:
    try:
        for key in value.split(","):
            Fernet(key.strip())
    except ValueError:
        return "CREDENTIAL_KEYS must be Fernet keys, separated by commas"
    return None


def _instance_id(value: str) -> str | None:
    if value.startswith(MADE_BY_DEMO):
        return "INSTANCE_ID is unsafe (it is the demo's)"
    return None


def _public_base_url(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        return "PUBLIC_BASE_URL must start with https://"
    return None
