"""The catalogue of custom events."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.admin.audience import event_kind, profile_property
from campaigns.admin.lists import fullness
from campaigns.audience.uploads import deleting_names
from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import EventKind, Occurrence, PeopleView
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.factories import (
    CampaignFactory,
    EventKindFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    SegmentFactory,
)

LIST = reverse("admin:campaigns_eventkind_changelist")


def test_names_show_what_came_and_are_switched_off_and_on(
    project: Project, marketer: Client
) -> None:
    assert "No events of your own yet" in marketer.get(LIST).content.decode()
    ProfileFactory.create(project=project, identity="asha")
    told = {"identity": "asha", "name": "<b>Ordered</b>"}
    ages = (0, 1, 40)
    records = [
        {
            **told,
            "at": (timezone.now() - timedelta(days=days)).isoformat(),
            "properties": {"Size": 1},
        }
        for days in ages
    ]
    upload(project, [*records, {**told, "properties": {"Size": "XL"}}], by=SYSTEM)
    kind = EventKind.objects.get()

    shown = marketer.get(LIST).content.decode()
    assert "&lt;b&gt;Ordered&lt;/b&gt;" in shown
    assert (bool(re.search(r"field-lately[^>]*>\s*3\s*<", shown)), "Kept" in shown) == (True, True)
    page = reverse("admin:campaigns_eventkind_change", args=[kind.pk])
    about = marketer.get(page).content.decode()
    assert ("<dd>Number</dd>" in about, "<dd>Text</dd>" in about) == (True, True)

    assert marketer.post(page, {"ignored": "on"}).status_code == 302
    assert upload(project, records[:1], by=SYSTEM)[0].outcome == "ignored"
    assert "Switched off" in marketer.get(LIST).content.decode()
    marketer.post(page, {})
    assert not EventKind.objects.get().ignored
    told_of = AuditEntry.objects.filter(action__startswith="eventkind").order_by("pk")
    assert [entry.action for entry in told_of] == [
        "eventkind.switched_off",
        "eventkind.switched_on",
    ]


def deleted(kind: EventKind, by: Client) -> str:
    """What the page says then."""
    page = reverse("admin:campaigns_eventkind_delete", args=[kind.pk])
    answer = by.post(page, {"post": "yes"}, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def test_an_admin_deletes_a_name_that_is_off_with_its_events(
    project: Project, project_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = ProfileFactory.create(project=project, identity="asha")
    upload(
        project,
        [{"identity": "asha", "name": name} for name in ("Order 17", "Order 18")],
        by=SYSTEM,
    )
    kind, other = EventKind.objects.order_by("name")
    assert deleted(kind, project_admin) == deleting_names.STILL_ON
    EventKind.objects.update(ignored=True)
    monkeypatch.setattr(deleting_names, "MOST_EVENTS", 0)
    assert deleted(kind, project_admin) == deleting_names.TOO_MANY
    monkeypatch.undo()
    assert "Order 17" in deleted(kind, project_admin)
    assert list(Occurrence.objects.values_list("kind_id", "profile_id")) == [(other.pk, person.pk)]
    assert AuditEntry.objects.get(action="eventkind.deleted").target_id == str(kind.pk)
    upload(project, [{"identity": "asha", "name": "Order 17"}], by=SYSTEM)
    assert EventKind.objects.filter(name="Order 17", ignored=False).exists()


def test_a_name_that_somebody_asks_for_stays(project: Project, project_admin: Client) -> None:
    kind = EventKindFactory.create(project=project, name="Ordered", ignored=True)
    rule = {
        "version": 1,
        "match": "all",
        "conditions": [{"on": "event", "event": "Ordered", "is": "did"}],
    }
    SegmentFactory.create(project=project, name="Buyers", rule=rule)
    PeopleView.objects.create(project=project, name="Mine", rule=rule, order="newest")
    CampaignFactory.create(project=project, name="Sale", goal={"event": "Ordered", "minutes": 60})
    CampaignFactory.create(project=project, name="Cart", occasion={"did": {"event": "Ordered"}})
    CampaignFactory.create(name="Somebody else's", goal={"event": "Ordered", "minutes": 60})
    assert deleted(kind, project_admin) == (
        "“Ordered” is used by the segment “Buyers”, the view “Mine”, the campaign “Cart”, the "
        "campaign “Sale”, so it stays. Leave it switched off."
    )
    assert EventKind.objects.filter(pk=kind.pk).exists()


@pytest.mark.parametrize(
    ("there", "said"),
    [(0, ""), (2, "of 3 at most. After that"), (3, "of 3 at most. No new ones are learnt")],
)
def test_the_page_says_when_no_more_names_find_room(
    there: int, said: str, project: Project, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_kind, "MOST_KINDS", 3)
    monkeypatch.setattr(profile_property, "MOST_PROPERTIES", 3)
    monkeypatch.setattr(fullness, "NEARLY", 0.6)
    for n in range(there):
        EventKindFactory.create(project=project, name=f"e{n}")
        ProfilePropertyFactory.create(project=project, name=f"p{n}")
    for address in (LIST, reverse("admin:campaigns_profileproperty_changelist")):
        page = " ".join(viewer.get(address).content.decode().split())
        assert ("at most." in page, said in page) == (bool(said), True)
