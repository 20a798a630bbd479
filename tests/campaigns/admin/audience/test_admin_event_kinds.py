"""The catalogue of custom events."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.admin.audience import event_kind, profile_property
from campaigns.admin.lists import fullness
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.uploads import deleting_names, dropping_names
from campaigns.audience.uploads.switching import switch
from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import EventKind, Goal, Occurrence, PeopleView, Profile
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.factories import (
    CampaignFactory,
    EventKindFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    ProjectFactory,
    SegmentFactory,
)

LIST = reverse("admin:campaigns_eventkind_changelist")
MANY = reverse("admin:campaigns_eventkind_delete_names")


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


def drop() -> int:
    """What a worker does some minutes later."""
    return dropping_names.drop_event_names(now=timezone.now() + 2 * dropping_names.WAIT)


def told(project: Project, *names: str, size: int = 1) -> list[EventKind]:
    """Of one person, `size` events of each."""
    if not Profile.objects.filter(project=project).exists():
        ProfileFactory.create(project=project, identity="asha")
    now = timezone.now()
    events = [
        {"identity": "asha", "name": name, "at": (now - timedelta(minutes=n)).isoformat()}
        for name in names
        for n in range(size)
    ]
    upload(project, events, by=SYSTEM)
    return list(EventKind.objects.filter(project=project).order_by("pk"))


def names_left() -> list[str]:
    return list(EventKind.objects.order_by("name").values_list("name", flat=True))


def test_an_admin_deletes_a_name_with_its_events(
    project: Project, project_admin: Client, marketer: Client
) -> None:
    kind, other = told(project, "Order 17", "Order 18")
    assert "Order 17" in deleted(kind, project_admin)
    again = project_admin.post(reverse("admin:campaigns_eventkind_delete", args=[kind.pk]))
    assert again.status_code == 403  # it is on its way
    assert dropping_names.drop_event_names(now=timezone.now()) == 0  # who writes may be at it yet

    # Until then nothing comes under it, nobody names it, and nobody switches it on.
    assert "Being deleted" in marketer.get(LIST).content.decode()
    event = {"identity": "asha", "name": "Order 17", "id": "late"}
    assert upload(project, [event], by=SYSTEM)[0].outcome == "ignored"
    assert list(known_of(project).events) == ["Order 18"]
    assert marketer.post(change_page(kind), {}).status_code == 403
    switch(kind, ignored=False, by=SYSTEM)
    assert EventKind.objects.get(pk=kind.pk).ignored

    assert drop() == 1
    assert list(Occurrence.objects.values_list("kind_id", flat=True)) == [other.pk]
    assert AuditEntry.objects.get(action="eventkind.deleted").target_id == str(kind.pk)
    upload(project, [{**event, "id": "new"}], by=SYSTEM)
    assert EventKind.objects.filter(name="Order 17", ignored=False).exists()


def change_page(kind: EventKind) -> str:
    return reverse("admin:campaigns_eventkind_change", args=[kind.pk])


def asking(project: Project) -> None:
    """Each kind of what names an event."""
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


def test_a_name_that_somebody_asks_for_stays(project: Project, project_admin: Client) -> None:
    kind = EventKindFactory.create(project=project, name="Ordered")
    asking(project)
    assert deleted(kind, project_admin) == (
        "“Ordered” is used by the segment “Buyers”, the view “Mine”, the campaign “Cart”, the "
        "campaign “Sale”, so it stays. You can switch it off."
    )
    assert (drop(), names_left()) == (0, ["Ordered"])


def confirmed(client: Client, address: dict[str, Any]) -> Any:
    """As somebody confirms it who reads the dialog."""
    asked = client.get(MANY, address).context
    return client.post(MANY, {**dict(asked["asked"]), "names": asked["number"]}, follow=True)


def test_all_that_a_search_finds_go_at_once_and_those_that_are_used_stay(
    project: Project, project_admin: Client
) -> None:
    stranger = EventKindFactory.create(name="Order 3")
    asking(project)
    told(project, *(f"Order {n}" for n in range(70)), "Ordered", "Visited")
    asked = project_admin.get(MANY, {"q": "Order"})
    page = " ".join(asked.content.decode().split())
    assert "That is <strong>70</strong> names: “Order 0”, “Order 1”," in page
    assert "“Ordered”: the segment “Buyers”, the view “Mine”, the campaign “Cart”" in page

    confirmed(project_admin, {"q": "Order"})
    again = confirmed(project_admin, {"q": "Order"})
    assert deleting_names.NOBODY in again.content.decode()
    assert (drop(), names_left()) == (70, ["Order 3", "Ordered", "Visited"])
    assert Occurrence.objects.count() == 2
    assert EventKind.objects.get(name="Order 3") == stranger
    assert list(AuditEntry.objects.filter(action="eventkind.deleted").values_list("note")) == [
        ("70 names",)
    ]


def test_those_ticked_go_and_nobody_else_s(project: Project, project_admin: Client) -> None:
    stranger = EventKindFactory.create(name="Another project's")
    kinds = told(project, "a1", "b2", "c3")
    confirmed(project_admin, {"who": [kinds[0].pk, kinds[2].pk, stranger.pk, "x"], "q": "b"})
    assert (drop(), names_left()) == (2, ["Another project's", "b2"])


def test_another_number_than_was_shown_deletes_nothing(
    project: Project, project_admin: Client
) -> None:
    told(project, "a1", "b2")
    answer = project_admin.post(MANY, {"names": "1"})
    assert "They are 2 now, no longer 1." in answer.content.decode()
    assert (drop(), names_left()) == (0, ["a1", "b2"])


@pytest.mark.parametrize("query", ["", "%", "nobody's", "' OR 1=1 --", "é" * 400])
def test_whatever_is_searched_for_is_harmless(
    query: str, project: Project, project_admin: Client
) -> None:
    told(project, "a1")
    asked = project_admin.get(MANY, {"q": query})
    assert (asked.status_code, asked.context["number"]) == (200, int(query == ""))


def test_who_may_not_delete_has_nothing_to_tick(
    project: Project, project_admin: Client, marketer: Client
) -> None:
    told(project, "a1")
    mine = project_admin.get(LIST).content.decode()
    assert ('name="who"' in mine, "Delete…" in mine) == (True, True)
    page = marketer.get(LIST).content.decode()
    assert ('name="who"' in page, "Delete…" in page) == (False, False)


def test_a_worker_that_is_killed_is_followed_by_another(
    project: Project, project_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(project, "a1", "b2", size=5)
    confirmed(project_admin, {})
    monkeypatch.setattr(dropping_names, "MOST_EVENTS", 3)
    later = timezone.now() + 2 * dropping_names.WAIT
    assert dropping_names._go_on(later) == 0  # the oldest events of the first, and no more of it
    assert (Occurrence.objects.count(), names_left()) == (6, ["a1", "b2"])
    assert (drop(), names_left(), Occurrence.objects.count()) == (2, [], 0)


def test_a_name_that_a_campaign_counts_by_since_stays(
    project: Project, project_admin: Client
) -> None:
    kind, other = told(project, "a1", "b2")
    confirmed(project_admin, {})
    campaign = CampaignFactory.create(project=project)
    Goal.objects.create(campaign=campaign, kind=kind, document={}, within=timedelta(hours=1))
    CampaignFactory.create(project=project, averted_by=other)
    assert (drop(), names_left()) == (0, ["a1", "b2"])
    assert not EventKind.objects.exclude(going_since=None).exists()


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


def test_a_name_does_not_wait_behind_all_events_of_another_projects(
    project: Project, project_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which one goes on is drawn: that it is forty times the same, nobody will see."""
    monkeypatch.setattr(dropping_names, "MOST_EVENTS", 1)
    (large,) = told(project, "Order 17", size=90)
    small = EventKindFactory.create(project=ProjectFactory.create(), name="Order 18")
    deleted(large, project_admin)
    later = timezone.now() + 2 * dropping_names.WAIT
    EventKind.objects.filter(pk=small.pk).update(going_since=timezone.now())
    calls = 0
    while EventKind.objects.filter(pk=small.pk).exists() and calls < 40:
        dropping_names.drop_event_names(now=later, seconds=0)
        calls += 1
    assert names_left() == ["Order 17"]


def test_what_takes_too_long_goes_the_next_time(
    project: Project, project_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even without any time each call goes one step on."""
    monkeypatch.setattr(dropping_names, "MOST_EVENTS", 2)
    (kind,) = told(project, "Order 17", size=8)
    deleted(kind, project_admin)
    later = timezone.now() + 2 * dropping_names.WAIT

    left = []
    for _ in range(2):
        dropping_names.drop_event_names(now=later, seconds=0)
        left.append(Occurrence.objects.count())

    assert left == [5, 2]
    assert drop() == 1
    assert names_left() == []
