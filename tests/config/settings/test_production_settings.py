"""Production starts with everything it needs, or not at all."""

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from config.settings.required import missing_or_unsafe

ROOT = Path(__file__).resolve().parents[3]
COMPLETE = {
    "DATABASE_URL": "postgres://kabootar:secret@db.example.com/kabootar",
    "REDIS_URL": "redis://redis.example.com:6379/0",
    "SECRET_KEY": "a-long-random-text-that-nobody-could-ever-guess-0123456789",
    "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
    "INSTANCE_ID": "main",
    "PUBLIC_BASE_URL": "https://kabootar.example.com",
}


def manage(
    *command: str, settings: str = "config.settings.production", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Without anything of our own environment but what Python needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=kept | environment | {"DJANGO_SETTINGS_MODULE": settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_missing_is_named_on_one_line() -> None:
    run = manage("check")

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "Kabootar can't start: DATABASE_URL is not set; REDIS_URL is not set; "
        "SECRET_KEY is not set; CREDENTIAL_KEYS is not set; INSTANCE_ID is not set; "
        "PUBLIC_BASE_URL is not set. See docs/settings.md.\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is unsafe"),
        ("SECRET_KEY", "demo-" + "x" * 60, "SECRET_KEY is unsafe"),
        ("CREDENTIAL_KEYS", "not-a-key", "CREDENTIAL_KEYS must be Fernet keys"),
        ("INSTANCE_ID", "demo-0123", "INSTANCE_ID is unsafe"),
        ("ERASURE_KEY", "demo-0123456789abcdefghijklmnopqrstuvwxyz", "ERASURE_KEY is unsafe"),
        ("ERASURE_KEY", "erase" * 8, "ERASURE_KEY is unsafe"),
        ("METRICS_TOKEN", "token" * 5, "METRICS_TOKEN is unsafe"),
        ("SECRET_KEY", "s3cr" * 20, "SECRET_KEY is unsafe"),
        ("SECRET_KEY", "django-insecure-" + "abcdefgh01" * 5, "SECRET_KEY is unsafe"),
        ("SECRET_KEY", "abcdefgh01" * 4, "SECRET_KEY is unsafe"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS is unsafe"),
        ("ALLOWED_HOSTS", "kabootar.example.com, *", "ALLOWED_HOSTS is unsafe"),
        ("DATABASE_URL", "sqlite:///db.sqlite3", "DATABASE_URL must be like postgres://"),
        ("TRUSTED_HOPS", "-1", "TRUSTED_HOPS must be a whole number, 0 or more"),
        ("TRUSTED_HOPS", "one", "TRUSTED_HOPS must be a whole number, 0 or more"),
        ("PUBLIC_BASE_URL", "http://kabootar.example.com", "PUBLIC_BASE_URL must start with https"),
        ("PUBLIC_BASE_URL", "https://meera:pass@kabootar.example.com", "without user"),
        ("PUBLIC_BASE_URL", "https://kabootar.example.com/console", "without user, path"),
        ("PUBLIC_BASE_URL", "https://kabootar.example.com?a=1", "without user, path"),
        ("PUBLIC_BASE_URL", "https://10.0.0.5", "that the internet can reach"),
        ("PUBLIC_BASE_URL", "https://[::ffff:127.0.0.1]:8443", "that the internet can reach"),
        ("PUBLIC_BASE_URL", "https://console", "that the internet can reach"),
        ("PUBLIC_BASE_URL", "https://localhost", "that the internet can reach"),
    ],
)
def test_what_is_unsafe_is_named_and_its_value_is_not_shown(
    name: str, value: str, problem: str
) -> None:
    run = manage("check", **(COMPLETE | {name: value}))

    assert run.returncode == 1
    assert problem in run.stderr
    assert value not in run.stderr
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("weak", [bytes(32), b"0123456789" * 3 + b"01", b"password" * 4])
@pytest.mark.parametrize("keys", ["{weak}", "{good},{weak}", "{weak}, {good}"])
def test_a_key_that_was_not_drawn_by_chance_is_unsafe(keys: str, weak: bytes) -> None:
    good = COMPLETE["CREDENTIAL_KEYS"]
    value = keys.format(weak=urlsafe_b64encode(weak).decode(), good=good)
    assert missing_or_unsafe(COMPLETE | {"CREDENTIAL_KEYS": value}) == [
        "CREDENTIAL_KEYS is unsafe (have each key drawn by chance)"
    ]


@pytest.mark.parametrize("settings", ["config.settings.production", "config.settings.callbacks"])
def test_a_complete_environment_starts(settings: str) -> None:
    run = manage("check", settings=settings, **COMPLETE)

    assert (run.returncode, run.stderr) == (0, "")


def test_the_deployment_check_finds_nothing() -> None:
    run = manage("check", "--deploy", "--fail-level", "WARNING", **COMPLETE)

    assert (run.returncode, run.stderr) == (0, "")
