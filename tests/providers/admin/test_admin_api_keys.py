"""An admin makes a key, sees it once, and revokes it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from providers.models import ApiKey, AuditEntry, Project, TwoFactor, User
from tests.providers.api.keys import OWN_KEY, program

LIST, ADD = "/providers/apikey/", "/providers/apikey/add/"
FORM: dict[str, Any] = {
    "name": "Web shop",
    "may": ["read", "write"],
    "lasts": "90",
    "only_from": "",
}
KEY = re.compile(r"kb_live_[0-9a-f]{12}_[\w-]{43}")


def test_a_key_is_shown_once_and_works_until_it_is_revoked(
    project: Project, project_admin: Client
) -> None:
    page = project_admin.post(ADD, {**FORM, "only_from": "127.0.0.1\n2001:db8::/32\n"})
    (text,) = KEY.findall(page.content.decode())
    key = ApiKey.objects.get()
    assert (key.scopes, key.networks) == (["read", "write"], ["127.0.0.1", "2001:db8::/32"])
    assert key.expires_at is not None
    assert timedelta(days=89) < key.expires_at - timezone.now() < timedelta(days=91)
    works = program(text).get(OWN_KEY).status_code

    project_admin.post(f"{LIST}{key.pk}/revoke/")

    assert (works, program(text).get(OWN_KEY).json()["code"]) == (200, "key.revoked")
    pages = [project_admin.get(at).content.decode() for at in (LIST, f"{LIST}{key.pk}/change/")]
    assert [(key.shown in page, "Revoked" in page) for page in pages] == [(True, True)] * 2
    assert [text in page for page in pages] == [False, False]
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "api_key.made",
        "api_key.revoked",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": ""},
        {"may": ["everything"]},
        {"may": []},
        {"lasts": ""},
        {"lasts": "31"},
        {"only_from": "all of them"},
        {"only_from": "0.0.0.0/0"},
        {"only_from": "\n".join(["203.0.113.7"] * 21)},
    ],
)
def test_a_form_that_is_not_right_makes_no_key(
    typed: dict[str, Any], project_admin: Client
) -> None:
    page = project_admin.post(ADD, FORM | typed)
    assert (page.status_code, ApiKey.objects.count()) == (200, 0)
    assert page.context["form"].errors.keys() == typed.keys()


def test_who_has_a_second_factor_gives_it_anew(project_admin: Client) -> None:
    user = User.objects.get()
    row = TwoFactor.objects.create(user=user, key="00" * 20, confirmed_at=timezone.now())
    asked = "authenticator app" in project_admin.get(ADD).content.decode()
    project_admin.post(ADD, FORM)
    project_admin.post(ADD, FORM | {"code": "123"})
    without = ApiKey.objects.count()
    project_admin.post(ADD, FORM | {"code": f"{totp(bytes.fromhex(row.key)):06d}"})
    assert (asked, without, ApiKey.objects.count()) == (True, 0, 1)
