"""Whoever is not signed in can't fill the database: every address is asked and sent junk, and no
table grows but those named here, within the bounds named here.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from pytest_django.fixtures import Settings

from callbacks.receiving.refusing import refusals
from providers.models import SignInTry, User
from providers.tasks import forget_old_sign_ins
from tests.factories import MembershipFactory

ROUNDS = 8
JUNK = "987654321"
PERSON = {"user__username": "asha", "user__email": "asha@example.com"}
POSTED = {
    **dict.fromkeys(("code", "full_name", "name", "text", "next", "project", "_project"), JUNK),
    "username": "asha",
    "password": "wrong",
    "email": "asha@example.com",
    "new_password1": "nine quiet lives",
    "new_password2": "nine quiet lives",
}
MAY_GROW = {
    # Five passwords and five asked-for links for one name from one place in a quarter of an hour;
    # sixty from one address, whatever the names. Gone after an hour.
    "providers.SignInTry": 10,
    # Of people who have an account, as often as they can be tried.
    "providers.AuditEntry": 5,
    # A row for each network, reason and minute, kept a week; the walk may last some minutes.
    "providers.RefusedCallback": 10,
}


@pytest.mark.django_db(transaction=True)
def test_nobody_makes_a_table_grow_without_signing_in(settings: Settings) -> None:
    settings.SENDS_MAIL = True
    person = MembershipFactory.create(**PERSON).user
    before = rows()

    for address in addresses(person):
        for _ in range(ROUNDS if is_for_strangers(address) else 1):
            Client().get(address, {"next": f"/{JUNK}/"})
            Client().post(address, POSTED)
    refusals.write()

    grown = {table: count - before[table] for table, count in rows().items()}
    assert {table for table, more in grown.items() if more > MAY_GROW.get(table, 0)} == set()
    assert grown["providers.SignInTry"] == MAY_GROW["providers.SignInTry"]


@pytest.mark.django_db
def test_sessions_and_tries_that_are_over_are_forgotten() -> None:
    now = timezone.now()
    for expires in (now - timedelta(seconds=1), now + timedelta(days=1)):
        session = SessionStore()
        session["x"] = 1
        session.create()
        Session.objects.filter(pk=session.session_key).update(expire_date=expires)
    for minutes in (61, 59):
        SignInTry.objects.create(at=now - timedelta(minutes=minutes))

    forget_old_sign_ins()

    assert (Session.objects.count(), SignInTry.objects.count()) == (1, 1)


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def is_for_strangers(address: str) -> bool:
    return address.startswith(("/login/", "/password/", "/invitation/", "/gupshup/"))


def addresses(person: User) -> list[str]:
    """All that have a name, junk in every gap."""
    known = {"app_label": "campaigns", "uidb64": urlsafe_base64_encode(str(person.pk).encode())}
    return [
        reverse(
            name, kwargs={gap: known.get(gap, JUNK) for gap in pattern.pattern.regex.groupindex}
        )
        for name, pattern in patterns(get_resolver())
    ]


def patterns(resolver: URLResolver, *, inside: str = "") -> Iterator[tuple[str, URLPattern]]:
    space = f"{resolver.app_name}:" if resolver.app_name else inside
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, inside=space)
        elif each.name:
            yield f"{space}{each.name}", each
