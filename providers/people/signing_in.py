"""Somebody comes in, fails to, or goes: the session, the browser's mark, the audit log."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import login, logout
from django.core import signing
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from providers.models import User
from providers.network.client_address import client_neighbourhood, client_place
from providers.people.sign_in_limits import Caller
from providers.watch import auditing
from providers.watch.actors import Actor

BACKEND = "django.contrib.auth.backends.ModelBackend"
KNOWN_BROWSER = "kabootar_known"
_SALT = "providers.known_browser"
_KNOWN_FOR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Mark:
    """What a browser keeps of its last sign-in. It opens nothing: it only spares waiting."""

    name_digest: str
    browser: str


def caller_of(request: HttpRequest, *, name: str) -> Caller:
    mark = _mark_of(request)
    known = mark is not None and mark.name_digest == _digest(name)
    return Caller(
        name=name,
        address=client_place(request.META),
        neighbourhood=client_neighbourhood(request.META),
        browser=mark.browser if mark is not None and known else "",
    )


def come_in(request: HttpRequest, user: User, *, with_code: bool = False) -> None:
    """Signs in for good; whoever was signed in here before is not any more."""
    login(request, user, backend=BACKEND)
    note = "With a second factor" if with_code else ""
    auditing.record("person.signed_in", by=Actor(user), project=None, target=user, note=note)


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    browser = secrets.token_urlsafe(12)
    response.set_cookie(
        KNOWN_BROWSER,
        signing.dumps([_digest(user.get_username()), browser], salt=_SALT),
        max_age=_KNOWN_FOR,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def note_failure(name: str, *, what: str = "") -> None:
    """Only of people who have an account: what else is typed there may be anything."""
    user = User.objects.filter(username=name).first()
    if user is not None:
        auditing.record(
            "person.failed_to_sign_in", by=Actor(user), project=None, target=user, note=what
        )


def go_out(request: HttpRequest) -> None:
    user: Any = request.user
    if user.is_authenticated:
        auditing.record("person.signed_out", by=Actor(user), project=None, target=user)
    logout(request)


def end_sessions(user: User) -> None:
    """Everywhere, at the next request. Counted in the database: of two that end them at once, each
    ends what was begun before it."""
    User.objects.filter(pk=user.pk).update(sessions_number=F("sessions_number") + 1)
    user.refresh_from_db(fields=["sessions_number"])


def _mark_of(request: HttpRequest) -> Mark | None:
    try:
        name_digest, browser = signing.loads(
            request.COOKIES.get(KNOWN_BROWSER, ""), salt=_SALT, max_age=_KNOWN_FOR
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Mark(name_digest=name_digest, browser=browser)


def _digest(name: str) -> str:
    return salted_hmac(_SALT, name.casefold(), algorithm="sha256").hexdigest()
