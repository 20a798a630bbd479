"""Somebody is invited, joins, sets up a second factor, and comes back with it."""

from collections.abc import Callable

import pytest
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from providers.models import Role, TwoFactor
from tests.browser.conftest import Opener, sign_in
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL, PASSWORD = "meera@example.com", "nine quiet lives"


def code_now() -> str:
    key = bytes.fromhex(TwoFactor.objects.get().key)
    return f"{totp(key):06d}"


def test_an_invited_person_joins_and_signs_in_with_a_second_factor(
    console: object, open_page: Opener, keep: Callable[[Page, str], None]
) -> None:
    boss = MembershipFactory.create(role=Role.ADMIN, user__username="asha", project__name="Teas")
    admin = open_page()
    keep_as = keep
    admin.goto("/")
    keep_as(admin, "people-login-1280-light")
    sign_in(admin, "asha")

    # A project that asks for a second factor, and an invitation to it.
    admin.goto("/providers/membership/add/")
    keep(admin, "people-invite-1280-light")
    admin.get_by_label("E-mail address").fill(EMAIL)
    admin.get_by_role("button", name="Invite").click()
    link = admin.locator("#one-link").inner_text()
    keep(admin, "people-invited-1280-light")
    admin.get_by_role("link", name="Back to the members").click()
    expect(admin.get_by_text(EMAIL)).to_be_visible()
    keep(admin, "people-members-1280-light")
    boss.project.requires_two_factor = True
    boss.project.save()

    # The invited person, on a phone.
    page = open_page(width=390, dark=True)
    page.goto(link)
    keep(page, "people-invitation-390-dark")
    page.get_by_label("Your name").fill("Meera Rao")
    page.get_by_label("New password", exact=False).first.fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Scan this")).to_be_visible()
    keep(page, "people-setup-390-dark")
    page.get_by_label("Code").fill(code_now())
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator("#recovery-codes").inner_text().split()
    assert len(codes) == 10
    keep(page, "people-codes-390-dark")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.goto("/account/second-factor/")
    keep(page, "people-state-390-dark")

    # Back again from another machine.
    again = open_page()
    again.goto("/")
    again.locator("[name=username]").fill(EMAIL)
    again.locator("[name=password]").fill(PASSWORD)
    again.get_by_role("button", name="Log in").click()
    keep(again, "people-code-1280-light")
    again.get_by_label("Code").fill("000000")
    again.get_by_role("button", name="Go on").click()
    expect(again.get_by_text("This code is not right")).to_be_visible()
    keep(again, "people-code-wrong-1280-light")
    again.get_by_label("Code").fill(codes[0])
    again.get_by_role("button", name="Go on").click()
    expect(again.get_by_role("heading", name="Home")).to_be_visible()

    # What the admin reads of it.
    TwoFactor.objects.create(user=boss.user, key="00" * 20, confirmed_at="2026-01-01T00:00:00Z")
    admin.goto("/providers/auditentry/")
    expect(admin.get_by_text("Switched second factor on")).to_be_visible()
    keep(admin, "people-audit-1280-light")
    admin.set_viewport_size({"width": 390, "height": 900})
    keep(admin, "people-audit-390-light")
    admin.goto("/providers/membership/")
    admin.get_by_role("link", name="Meera Rao").click()
    keep(admin, "people-member-390-light")
    admin.get_by_role("link", name="Reset the second factor").click()
    keep(admin, "people-reset-390-light")
    admin.get_by_role("button", name="Reset it").click()
    expect(admin.get_by_text("second factor is reset")).to_be_visible()
