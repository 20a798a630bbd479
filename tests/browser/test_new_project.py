"""An operator makes a project: what stands in the form fits together."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, sign_in
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

CHOOSE = """([id, value]) => {
  const box = document.getElementById(id);
  django.jQuery(box).val(value).trigger('change').trigger('select2:select');
}"""


def test_the_country_brings_its_time_zone_until_one_is_chosen(
    console: object, open_page: Opener, keep: Callable[[Page, str], None]
) -> None:
    MembershipFactory.create(user__username="omar", user__is_superuser=True)
    page = open_page()
    sign_in(page, "omar")
    page.goto("/providers/project/add/")
    zone = page.locator("#id_time_zone")

    expect(zone).to_have_value("Asia/Kolkata")
    keep(page, "project-new-1280-light")
    page.evaluate(CHOOSE, ["id_default_country", "AE"])
    expect(zone).to_have_value("Asia/Dubai")
    page.evaluate(CHOOSE, ["id_time_zone", "Asia/Muscat"])
    page.evaluate(CHOOSE, ["id_default_country", "NP"])
    expect(zone).to_have_value("Asia/Muscat")

    phone = open_page(width=390, dark=True, state=page.context.storage_state())
    phone.goto("/providers/project/add/")
    keep(phone, "project-new-390-dark")
