"""The search over everything."""

import re
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from providers.models import Project
from tests.campaigns.audience.words.indexing import index_everybody
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    ProfileFactory,
    ProjectFactory,
    TemplateFactory,
)

FOUND = re.compile(r'href="([^"]+)" class="kb-found" data-title="([^"]+)"')


def found(client: Client, words: str) -> dict[str, str]:
    answer = client.get("/search/", {"s": words, "extended": "1"}).content.decode()
    return {unescape(title): link for link, title in FOUND.findall(answer)}


def test_whoever_is_signed_in_has_it_on_each_page(project: Project, viewer: Client) -> None:
    box = 'id="search-input-command"'
    assert [box in viewer.get(page).content.decode() for page in ("/", "/campaigns/profile/")] == [
        True,
        True,
    ]
    assert box not in Client().get("/login/").content.decode()


def test_people_campaigns_templates_messages_and_pages_are_found(
    project: Project, viewer: Client
) -> None:
    person = ProfileFactory.create(
        project=project, name="Sunita", phone="+919000011122", match_key=919000011122
    )
    campaign = CampaignFactory.create(project=project, name="The Sunday sale")
    template = TemplateFactory.create(project=project, name="sunday_sale")
    message = MessageFactory.create(run__campaign=campaign, profile=person, phone=person.phone)
    index_everybody()
    assert found(viewer, "sun") == {
        "Sunita": f"/campaigns/profile/{person.pk}/change/",
        "+919000011122": f"/campaigns/message/{message.pk}/change/",
        "The Sunday sale": f"/campaigns/campaign/{campaign.pk}/change/",
        "sunday_sale": f"/templates_app/template/{template.pk}/change/",
    }
    assert found(viewer, "90000 11122") == {
        "Sunita": f"/campaigns/profile/{person.pk}/change/",
        "+919000011122": f"/campaigns/message/{message.pk}/change/",
    }
    assert found(viewer, "inbo") == {"Inbox": "/providers/conversation/"}


def test_a_phone_that_is_the_key_of_somebody_is_told_once(project: Project, viewer: Client) -> None:
    phone = "+919000011122"
    ProfileFactory.create(project=project, name="Sunita", identity=phone, phone=phone)
    index_everybody()
    page = viewer.get("/search/", {"s": "sunita", "extended": "1"}).content.decode()
    assert page.count(phone) == 1


def test_nothing_of_another_project_is_found_not_even_after_a_change_of_project(
    project: Project, viewer: Client
) -> None:
    other = ProjectFactory.create()
    CampaignFactory.create(project=other, name="Diwali")
    TemplateFactory.create(project=other, name="diwali")
    ProfileFactory.create(project=other, name="Diwali")
    assert found(viewer, "diwali") == {}


def test_pages_that_somebody_may_not_open_are_not_found(project: Project, viewer: Client) -> None:
    assert found(viewer, "audit") == {}


def test_the_number_of_queries_does_not_grow(project: Project, viewer: Client) -> None:
    counts = []
    for _ in range(2):
        CampaignFactory.create_batch(3, project=project, name="sale")
        ProfileFactory.create_batch(3, project=project, name="sale")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found(viewer, "sale")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_empty_search_and_one_without_fruit_say_so(project: Project, viewer: Client) -> None:
    assert "Type a name" in viewer.get("/search/").content.decode()
    nothing = viewer.get("/search/", {"s": "zzz<b>"}).content.decode()
    assert "Nothing is called “zzz&lt;b&gt;”" in nothing
