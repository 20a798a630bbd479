"""Calls of the API with a key, as a program makes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from providers.api_keys.making import make_key
from providers.api_keys.recognizing import recognize
from providers.models import ApiKey, Project, Scope
from providers.watch.actors import SYSTEM

OWN_KEY = "/api/v1/key"
ALL = (Scope.READ, Scope.WRITE)


def key_of(project: Project, *scopes: Scope, **more: Any) -> tuple[ApiKey, str]:
    """And its text."""
    said: dict[str, Any] = {"name": "Web shop", "scopes": scopes or ALL, "by": SYSTEM, **more}
    made = make_key(project, **said)
    return made.key, made.text


def known(text: str) -> str:
    """As after the first call with that key in this process."""
    recognize(text, address=None, at=timezone.now())
    return text


def program(key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {key}"})


def client_with_key(
    project: Project, *scopes: Scope, networks: Iterable[str] = (), ends: datetime | None = None
) -> Client:
    return program(key_of(project, *scopes, networks=networks, expires_at=ends)[1])
