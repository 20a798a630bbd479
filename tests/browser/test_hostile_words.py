"""What somebody writes into a field runs in nobody's browser."""

import pytest
from playwright.sync_api import expect

from providers.models import Role
from tests.browser.conftest import Opener, sign_in
from tests.factories import MembershipFactory, ProjectFactory, ProviderFactory, UserFactory

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Alpine, which the pages bring along, would run it without any script tag.
LABEL = "</textarea><p x-data x-init=\"document.title='taken'\">"


def test_a_label_in_the_set_up_text_stays_text_in_an_operators_browser(
    open_page: Opener,
) -> None:
    project = ProjectFactory.create(name="Tea shop")
    ProviderFactory.create(project=project)
    MembershipFactory.create(
        project=project, role=Role.ADMIN, user=UserFactory.create(username="asha")
    )
    UserFactory.create(username="operator", is_superuser=True)

    theirs = open_page()
    sign_in(theirs, "asha")
    theirs.goto("/providers/sendingip/add/")
    theirs.locator("[name=network]").fill("203.0.113.7")
    theirs.locator("[name=label]").fill(LABEL)
    theirs.get_by_role("button", name="Save", exact=True).click()
    expect(theirs.get_by_text("203.0.113.7").first).to_be_visible()

    mine = open_page()
    sign_in(mine, "operator")
    mine.goto("/providers/provider/")
    mine.get_by_text("Text for Gupshup's support, to set this up").click()
    text = mine.locator("#setup-mail")
    expect(text).to_be_visible()
    assert f"203.0.113.7 ({LABEL})" in text.input_value()
    assert "taken" not in mine.title()
