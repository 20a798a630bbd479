from datetime import timedelta
from typing import Any

from django.test import Client

from campaigns.models import EventName
from providers.models import Project
from tests.campaigns.states import NOON
from tests.factories import EventFactory, MessageFactory, ProfileFactory, ProjectFactory

LIST = "/campaigns/event/"


def listed(client: Client, **query: Any) -> list[int]:
    return [event.pk for event in client.get(LIST, query).context["cl"].result_list]


def test_the_newest_events_of_all_names_stand_first(project: Project, viewer: Client) -> None:
    sent, viewed, own = (
        EventFactory.create(project=project, name=name, at=NOON + timedelta(minutes=minute))
        for minute, name in enumerate([EventName.SENT, EventName.VIEWED, "Charged"])
    )
    EventFactory.create(project=ProjectFactory.create())
    assert listed(viewer) == [own.pk, viewed.pk, sent.pk]


def test_events_are_filtered_by_name(project: Project, viewer: Client) -> None:
    sent = EventFactory.create(project=project)
    EventFactory.create(project=project, name=EventName.CLICKED)
    assert listed(viewer, name=EventName.SENT.value) == [sent.pk]
    assert listed(viewer, name="No such event") == []


def test_the_filter_offers_the_names_that_have_happened(project: Project, viewer: Client) -> None:
    for name in ("Charged", EventName.SENT, "Charged"):
        EventFactory.create(project=project, name=name)
    (spec,) = viewer.get(LIST).context["cl"].filter_specs
    assert spec.lookup_choices == [
        ("Charged", "Charged"),
        ("Notification Sent", "Notification Sent"),
    ]


def test_events_are_found_by_person(project: Project, viewer: Client) -> None:
    asha = ProfileFactory.create(project=project, identity="asha-7", phone="+919000011122")
    event = EventFactory.create(project=project, profile=asha)
    EventFactory.create(project=project)
    assert listed(viewer, q="asha-7") == listed(viewer, q="90000 11122") == [event.pk]
    assert listed(viewer, q="asha-7", name="Charged") == []


def test_an_event_leads_to_its_message(project: Project, viewer: Client) -> None:
    message = MessageFactory.create(run__campaign__project=project)
    EventFactory.create(
        project=project, message=message, properties={"Campaign name": "Diwali", "Variant": "A"}
    )
    text = viewer.get(LIST).content.decode()
    assert f'href="/campaigns/message/{message.pk}/change/"' in text
    assert "Campaign name: Diwali · Variant: A" in text


def test_a_click_shows_its_links_in_words(project: Project, viewer: Client) -> None:
    message = MessageFactory.create(run__campaign__project=project)
    links = {"wzrk_c2a": "https://shop.example/sale", "wzrk_c2a_short_url": "gs.example/abc"}
    EventFactory.create(
        project=project, message=message, properties={"Campaign name": "Diwali", **links}
    )
    said = "Link: https://shop.example/sale · Link in the message: gs.example/abc"
    pages = [LIST, f"/campaigns/message/{message.pk}/change/"]
    assert [said in viewer.get(page).content.decode() for page in pages] == [True, True]


def test_an_empty_list_says_what_will_stand_there(project: Project, viewer: Client) -> None:
    assert "No events yet" in viewer.get(LIST).content.decode()
