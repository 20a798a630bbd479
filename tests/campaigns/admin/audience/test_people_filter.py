"""Whom the list of people shows: filters, how many, and the filter as a segment."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.audience import filtering, paging
from campaigns.audience.searching import MOST
from campaigns.audience.segments.estimating import EstimateRefused
from campaigns.models import ListMember, Profile, ProfileProperty, PropertyType
from providers.models import Project
from tests.campaigns.audience.words.indexing import index_everybody
from tests.factories import CustomListFactory, ListMemberFactory, ProfileFactory, SegmentFactory

pytestmark = pytest.mark.django_db
PROFILES = reverse("admin:campaigns_profile_changelist")
FILTER, TOTAL = (reverse(f"admin:campaigns_profile_{name}") for name in ("filter", "total"))
IN_PUNE = {"on": "text", "property": "City", "is": "equals", "value": "Pune"}
INDIAN = {"on": "country", "is": "equals", "value": "IN"}


@pytest.fixture(autouse=True)
def people(project: Project) -> list[Profile]:
    ProfileProperty.objects.create(project=project, name="City", type=PropertyType.TEXT)
    given = [
        ("Asha", "+919000000001", "Pune"),
        ("Ravi", "+919000000002", "Goa"),
        ("Asha", "+447400123456", "Pune"),
        ("Meera", "+919000000004", "Pune"),
    ]
    made = [
        ProfileFactory.create(
            project=project,
            identity=f"p-{number}",
            name=name,
            phone=phone,
            properties={"City": city},
        )
        for number, (name, phone, city) in enumerate(given)
    ]
    index_everybody()
    return made


def rule(*conditions: dict[str, Any]) -> str:
    return json.dumps({"version": 1, "match": "all", "conditions": conditions})


def shown(client: Client, **address: str) -> list[str]:
    rows = client.get(PROFILES, address).context["cl"].result_list
    return [profile.identity for profile in rows]


def total(client: Client, **address: str) -> str:
    return client.get(TOTAL, address).content.decode()


def test_filters_combine_with_each_other_and_with_a_search(
    viewer: Client, project: Project, people: list[Profile]
) -> None:
    friends = CustomListFactory.create(project=project)
    for one in people[:3]:
        ListMemberFactory.create(custom_list=friends, profile=one)
    goa = {**IN_PUNE, "value": "Goa"}
    segment = SegmentFactory.create(project=project, rule=json.loads(rule(goa)))
    in_list = {"on": "list", "list": friends.pk, "is": "in"}
    not_goa = {"on": "segment", "segment": segment.pk, "is": "not_in"}

    assert shown(viewer, rule=rule(IN_PUNE)) == ["p-3", "p-2", "p-0"]
    assert shown(viewer, rule=rule(IN_PUNE, INDIAN)) == ["p-3", "p-0"]
    assert shown(viewer, rule=rule(INDIAN, in_list, not_goa)) == ["p-0"]
    assert shown(viewer, rule=rule(INDIAN), q="asha") == ["p-0"]
    assert shown(viewer, list=str(friends.pk)) == ["p-2", "p-1", "p-0"]


def test_the_total_is_that_of_all_pages(viewer: Client) -> None:
    assert "<strong>4</strong> people" in total(viewer)
    assert "<strong>3</strong> people" in total(viewer, rule=rule(IN_PUNE))
    assert "<strong>1</strong> person" in total(viewer, rule=rule(INDIAN), q="asha")


def test_a_total_of_a_search_that_takes_long_is_none_of_everybody(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(_wanted: filtering.Wanted) -> int:
        raise EstimateRefused("Counting takes longer than 2 seconds.")

    monkeypatch.setattr(filtering, "count", too_slow)
    assert "Counting…" in total(viewer, rule=rule(IN_PUNE))
    assert "Counting takes longer" in total(viewer, rule=rule(IN_PUNE), q="asha")


def test_a_search_that_was_cut_says_so_where_they_are_counted_and_listed(
    marketer: Client, project: Project
) -> None:
    words = "A search finds about 200 people at the most"
    dialog = reverse("admin:campaigns_profile_into_list")
    for address in (PROFILES, dialog):
        assert words not in marketer.get(address, {"q": "p-"}).content.decode()
    many = [Profile(project=project, identity=f"z-{number}") for number in range(MOST + 1)]
    Profile.objects.bulk_create(many)
    for address in (PROFILES, dialog):
        assert words in marketer.get(address, {"q": "z-"}).content.decode()


def test_what_is_no_filter_shows_nobody_and_says_so(viewer: Client) -> None:
    for text in ("[", "[]", '{"version": 1}', rule({**IN_PUNE, "property": "Town"}), "[" * 5_000):
        page = viewer.get(PROFILES, {"rule": text})
        assert "This filter can&#x27;t be used" in page.content.decode()
        assert list(page.context["cl"].result_list) == []
        assert viewer.get(FILTER, {"rule": text}).status_code == 200
        assert "<strong>0</strong>" in total(viewer, rule=text)


def test_pages_are_walked_and_few_are_found_among_many(
    viewer: Client, monkeypatch: pytest.MonkeyPatch, people: list[Profile]
) -> None:
    monkeypatch.setattr(paging, "WINDOW", 2)
    assert shown(viewer, rule=rule(IN_PUNE)) == ["p-3", "p-2", "p-0"]
    # Where looking takes too long, the rest is looked at when somebody asks for it.
    monkeypatch.setattr(paging, "LONGEST_LOOK", 0)
    first = viewer.get(PROFILES, {"rule": rule({**IN_PUNE, "value": "Goa"})})
    changes = first.context["cl"]
    assert [one.identity for one in changes.result_list] == []
    assert changes.older_words == "Look further back"
    second = viewer.get(PROFILES + changes.older)
    assert [one.identity for one in second.context["cl"].result_list] == ["p-1"]


def test_the_form_is_built_by_whoever_looks_and_leads_to_the_list(viewer: Client) -> None:
    assert "Choose what it is about" in viewer.get(FILTER).content.decode()
    posted = {"filter": "1", "q": "asha", "0:subject": "property:City", "0:is": "equals"}
    built = viewer.post(reverse("admin:campaigns_segment_build"), {**posted, "act": "add:rule"})
    assert "Add a condition" in built.content.decode()

    faulty = viewer.post(FILTER, posted)
    assert "Nothing is written here yet." in faulty.content.decode()
    done = viewer.post(FILTER, {**posted, "0:value": "pune"}, headers={"HX-Request": "true"})
    address = done.headers["HX-Redirect"]
    rows = viewer.get(address).context["cl"].result_list
    assert [one.identity for one in rows] == ["p-2", "p-0"]
    assert (
        viewer.post(FILTER, {"filter": "1", "0:subject": ""}).headers["Location"] == PROFILES + "?"
    )


def test_a_filter_becomes_a_segment(marketer: Client) -> None:
    page = marketer.get(PROFILES, {"rule": rule(IN_PUNE)})
    address = page.context["cl"].people.segment_address
    assert address.replace("&", "&amp;") in page.content.decode()
    draft = marketer.get(address).context["draft"]
    assert (draft.name, draft.document) == ("", json.loads(rule(IN_PUNE)))


def test_all_whom_it_finds_are_put_into_a_list_and_twice_changes_nothing(
    marketer: Client, project: Project, people: list[Profile]
) -> None:
    friends = CustomListFactory.create(project=project)
    dialog = reverse("admin:campaigns_profile_into_list")
    asked = marketer.get(dialog, {"rule": rule(IN_PUNE), "q": "asha"}).context
    assert asked["form"].initial["name"] == "City is “Pune”"
    for _ in range(2):
        marketer.post(dialog, {**dict(asked["asked"]), "into": friends.pk})
        members = ListMember.objects.filter(custom_list=friends).order_by("profile")
        assert [one.profile_id for one in members] == [people[0].pk, people[2].pk]
    gone = marketer.post(dialog, {"rule": "[]", "into": friends.pk})
    assert "This filter can&#x27;t be used" in gone.content.decode()
