"""An admin makes a key, sees it once, and revokes it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from providers.api_keys.making import revoke
from providers.models import ApiKey, AuditEntry, Membership, Project, Role, TwoFactor, User
from providers.watch.actors import Actor
from tests.factories import MembershipFactory, ProjectFactory
from tests.providers.api.keys import OWN_KEY, key_of, program

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
    assert f"<code>{key.public_id}</code> as its account id" in page.content.decode()

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
        {"sends_a_day": "0"},
        {"sends_a_day": "many"},
        {"sends_a_day": "10000001"},
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


# Whoever made it goes --------------------------------------------------------------------------


@pytest.fixture
def made_by_another(project: Project, project_admin: Client) -> tuple[Membership, ApiKey, str]:
    """By another admin of the project, beside one that is revoked and one of another project."""
    membership = MembershipFactory.create(project=project, role=Role.ADMIN, user__username="meera")
    by = Actor(membership.user)
    key, text = key_of(project, by=by)
    over, _text = key_of(project, by=by, name="Gone")
    revoke(over, by=by)
    key_of(ProjectFactory.create(), by=by, name="Elsewhere")
    return membership, key, text


def test_who_removes_a_member_is_told_which_of_their_keys_go_on(
    made_by_another: tuple[Membership, ApiKey, str], project_admin: Client
) -> None:
    membership, key, text = made_by_another
    at = f"/providers/membership/{membership.pk}/delete/"
    asked = project_admin.get(at).content.decode()
    done = project_admin.post(at, {"post": "yes"}, follow=True).content.decode()
    assert (f"{LIST}{key.pk}/change/" in asked, "Gone" in asked + done) == (True, False)
    assert ("API keys that they made still work: “Web shop”." in done, "Elsewhere" in done) == (
        True,
        False,
    )
    assert program(text).get(OWN_KEY).status_code == 200
    pages = [project_admin.get(at).content.decode() for at in (LIST, f"{LIST}{key.pk}/change/")]
    assert ["meera, no member any more" in page for page in pages] == [True, True]


def test_an_admin_who_becomes_a_viewer_has_read_the_key_all_the_same(
    made_by_another: tuple[Membership, ApiKey, str], project_admin: Client
) -> None:
    membership, key, _text = made_by_another
    before = project_admin.get(f"{LIST}{key.pk}/change/").content.decode()
    at = f"/providers/membership/{membership.pk}/change/"
    said = project_admin.post(at, {"role": "viewer"}, follow=True).content.decode()
    after = project_admin.get(f"{LIST}{key.pk}/change/").content.decode()
    assert "API keys that they made still work: “Web shop”." in said
    assert ["any more" in page for page in (before, after)] == [False, True]
    assert "meera, no admin any more" in after


def test_who_made_no_key_is_removed_without_a_word_of_keys(
    project: Project, project_admin: Client
) -> None:
    membership = MembershipFactory.create(project=project)
    at = f"/providers/membership/{membership.pk}/delete/"
    done = project_admin.post(at, {"post": "yes"}, follow=True).content.decode()
    assert "API keys that they made" not in done
