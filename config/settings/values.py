"""What each variable may hold, looked at before any is read: no value ends in a traceback.

A value may be a secret, so nothing of it is ever said, only what it must be.
"""

import re
from collections.abc import Callable, Mapping
from math import inf
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured
from redis import Redis

from config.settings.about_gupshup import extra_codes, verify_calls, verify_works

Check = Callable[[str], str | None]
"""From a value to what it must be, where it is something else."""

WORDS_FOR_YES_OR_NO = (*environ.Env.BOOLEAN_TRUE_STRINGS, "false", "off", "no", "n", "0", "")
_LINK = re.compile(r"https?://(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?(/\S*)?", re.IGNORECASE)
_HOSTS = re.compile(r"\s*[\w.:*\[\]-]+\s*(,\s*[\w.:*\[\]-]+\s*)*")
_POSTGRES = re.compile(r"(postgres|postgresql|psql|pgsql)://")
_TOKEN = re.compile(r"([\w-]{20,})?", re.ASCII)
_ERASURE_KEY = re.compile(r"([\w-]{32,})?", re.ASCII)
_MAIL_FROM = re.compile(r"[^\r\n]*[^\s@]+@[^\s@]+")


def _whole(least: int, *, most: int = 999_999_999) -> Check:
    limit = f"{least} or more" if most == 999_999_999 else f"from {least} to {most}"
    return lambda value: (
        None
        if re.fullmatch(r"[0-9]{1,9}", value) and least <= int(value) <= most
        else f"must be a whole number, {limit}"
    )


def _number(*, above: float = -inf, least: float = -inf, most: float = 1e9) -> Check:
    limits = {"more than": above, "at least": least, "at most": most if most < 1e9 else -inf}
    told = " and ".join(f"{words} {limit:g}" for words, limit in limits.items() if limit != -inf)

    def check(value: str) -> str | None:
        plain = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value)
        fits = plain and above < float(value) <= most and float(value) >= least
        return None if fits else f"must be a number, {told}"

    return check


def _pattern(pattern: re.Pattern[str], must_be: str) -> Check:
    return lambda value: None if pattern.fullmatch(value) else must_be


def _yes_or_no(value: str) -> str | None:
    return None if value.lower() in WORDS_FOR_YES_OR_NO else "must be True or False"


def _database_url(value: str) -> str | None:
    try:
        if _POSTGRES.match(value):
            environ.Env.db_url_config(value)
            return None
    except (ValueError, KeyError, ImproperlyConfigured):
        pass
    return "must be like postgres://user:password@host/name"


def _redis_url(value: str) -> str | None:
    try:
        Redis.from_url(value).close()
    except (ValueError, TypeError):
        return "must be like redis://host:6379/0 or unix:///path?db=0"
    return None


def _email_url(value: str) -> str | None:
    try:
        environ.Env.email_url_config(value or "dummymail://")
    except (ValueError, KeyError, ImproperlyConfigured):
        return "must be like smtp+tls://user:password@smtp.example.com:587"
    return None


def _time_zone(value: str) -> str | None:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return "must be a time zone, like Asia/Kolkata"
    return None


_LINKS = _pattern(_LINK, "must be an address that begins with https:// or http://")
_HOST_NAMES = _pattern(_HOSTS, "must be host names, separated by commas")
_SECONDS = _number(above=0)
_DAYS = _whole(0)

CHECKS: Mapping[str, Check] = {
    "DATABASE_URL": _database_url,
    "REDIS_URL": _redis_url,
    "ALLOWED_HOSTS": _HOST_NAMES,
    "SECURE_HSTS_SECONDS": _whole(0),
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": _yes_or_no,
    "SECURE_HSTS_PRELOAD": _yes_or_no,
    "EMAIL_URL": _email_url,
    "DEFAULT_FROM_EMAIL": _pattern(_MAIL_FROM, "must be a mail address"),
    "TRUSTED_HOPS": _whole(0),
    "FETCH_PRIVATE_TARGETS": _yes_or_no,
    "MEDIA_LINKS_OPENED": _yes_or_no,
    "PAGE_STATEMENT_SECONDS": _SECONDS,
    "API_CALLS_A_MINUTE": _whole(1),
    "DEBUG": _yes_or_no,
    "GATEWAY_SEND_URL": _LINKS,
    "GATEWAY_TEMPLATE_URL": _LINKS,
    "GATEWAY_TOTAL_TIMEOUT": _SECONDS,
    "GATEWAY_CONNECT_TIMEOUT": _SECONDS,
    "GATEWAY_KEEPALIVE": _number(least=0),
    "GATEWAY_CONCURRENCY": _whole(1),
    "GATEWAY_EXTRA_CODES": extra_codes,
    "GATEWAY_VERIFY_CALLS": verify_calls,
    "GATEWAY_VERIFY_WORKS": verify_works,
    "GATEWAY_VERIFY_TIMEOUT": _SECONDS,
    "EGRESS_IP_URL": lambda value: _LINKS(value) if value else None,
    "PARKED_PER_RECEIPT": _whole(0),
    "PARKED_PER_PROJECT": _whole(0),
    "INBOUND_MEDIA_HOSTS": lambda value: _HOST_NAMES(value) if value else None,
    "CLICK_TIME_ZONE": _time_zone,
    "RECEIPT_KEEP_DAYS": _DAYS,
    "INBOUND_KEEP_DAYS": _DAYS,
    "EVENT_KEEP_DAYS": _DAYS,
    "SENT_KEEP_DAYS": _DAYS,
    "CUSTOM_EVENT_KEEP_DAYS": _whole(1, most=3_650),
    "IMPORT_FILE_KEEP_DAYS": _DAYS,
    "TEMPLATE_IMPORT_KEEP_DAYS": _DAYS,
    "UNSAVED_EDIT_KEEP_DAYS": _DAYS,
    "SEND_LEASE": _SECONDS,
    "SEND_FENCE_MARGIN": _number(least=0),
    "SEND_TASK_SECONDS": _SECONDS,
    "SEND_MAX_ATTEMPTS": _whole(1),
    "SEND_STORM_AFTER": _whole(1),
    "SEND_STORM_WINDOW": _whole(0),
    "SEND_STORM_SHARE": _number(above=0, most=1),
    "DOUBT_SETTLES_AFTER": _number(least=0),
    "LOG_FORMAT": _pattern(re.compile("text|json"), "must be text or json"),
    "ERASURE_KEY": _pattern(_ERASURE_KEY, "must be letters, digits, - and _, 32 or more, or empty"),
    "METRICS_TOKEN": _pattern(_TOKEN, "must be letters, digits, - and _, 20 or more, or empty"),
}
# Looked at by production alone (required.py), or free text.
FREE = ("SECRET_KEY", "CREDENTIAL_KEYS", "INSTANCE_ID", "PUBLIC_BASE_URL", "MEDIA_ROOT")
EMPTY_IS_UNSET = ("DATABASE_URL", "REDIS_URL")


def bad_values(environment: Mapping[str, str]) -> list[str]:
    """A short phrase for each variable that holds what it can't, in fixed order."""
    problems = {name: _problem(name, environment[name]) for name in (*CHECKS, *FREE)
                if name in environment}  # fmt: skip
    return [f"{name} {problem}" for name, problem in problems.items() if problem]


def _problem(name: str, value: str) -> str | None:
    if value.startswith("$"):  # would be taken for another variable's name
        return "must not begin with a $"
    if name in FREE or (name in EMPTY_IS_UNSET and not value):
        return None
    return CHECKS[name](value)
