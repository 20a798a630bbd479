"""What a list says of its search and filters, and the ways out of them."""

import re
from html import unescape

import pytest
from django.test import Client

from providers.models import Project
from templates_app.models import Status
from tests.console_pages import PAGES, changelist, rows_of
from tests.factories import TemplateFactory

TEMPLATES = "/templates_app/template/"
CHIP = re.compile(r'<li><a class="kb-pill kb-grey" href="([^"]*)"><span>([^<]*)</span>')


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def chips(client: Client, address: str) -> dict[str, str]:
    return {unescape(name): unescape(link) for link, name in CHIP.findall(page(client, address))}


def test_each_filter_and_the_search_has_a_way_out(project: Project, viewer: Client) -> None:
    TemplateFactory.create(project=project, name="sale", status=Status.APPROVED)
    address = f"{TEMPLATES}?q=sale&status__exact=approved&kind__exact=basic"
    shown = chips(viewer, address)
    assert list(shown) == ["“sale”", "Status: Approved", "Kind: Basic"]
    assert shown["“sale”"] == "?kind__exact=basic&status__exact=approved"
    assert shown["Status: Approved"] == "?kind__exact=basic&q=sale"
    assert chips(viewer, TEMPLATES) == {}


@pytest.mark.parametrize("label", [label for label, of in PAGES.items() if of.search_fields])
def test_a_fruitless_search_says_so_in_our_words(
    project: Project, operator: Client, label: str
) -> None:
    model = PAGES[label].model
    rows_of(model, project, count=1)
    shown = page(operator, f"{changelist(model)}?q=zzz9")
    assert "Nothing here matches “zzz9”" in shown or "No such conversation" in shown
    assert '<a class="kb-button kb-primary" href="?">Clear the search</a>' in shown
    assert "yielded" not in shown


def test_filters_that_nothing_fits_are_named(project: Project, viewer: Client) -> None:
    TemplateFactory.create(project=project, status=Status.APPROVED)
    shown = page(viewer, f"{TEMPLATES}?status__exact=draft")
    assert "Nothing here fits" in shown
    assert chips(viewer, f"{TEMPLATES}?status__exact=draft") == {"Status: Draft": "?"}
