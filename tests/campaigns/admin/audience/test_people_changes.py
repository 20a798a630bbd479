"""Acts on those ticked in the list of people, and on all whom it shows."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from campaigns.audience.changing import ordering, walking
from campaigns.models import ErasedProfile, ListMember, PeopleChange, Profile
from providers.models import AuditEntry, Project
from tests.factories import CustomListFactory, ListMemberFactory, ProfileFactory

pytestmark = pytest.mark.django_db
PROFILES = reverse("admin:campaigns_profile_changelist")
GOERS = json.dumps(
    {
        "version": 1,
        "match": "all",
        "conditions": [{"on": "text", "field": "name", "is": "starts_with", "value": "Go"}],
    }
)


def at(name: str) -> str:
    return reverse(f"admin:campaigns_profile_{name}")


@pytest.fixture
def people(project: Project) -> list[Profile]:
    names = ("Goa", "Gopal", "Asha")
    return [ProfileFactory.create(project=project, name=name, subscribed=True) for name in names]


def opted_out(project: Project) -> list[str]:
    found = Profile.objects.of(project).filter(subscribed=False).order_by("pk")
    return list(found.values_list("name", flat=True))


def confirmed(client: Client, name: str, address: dict[str, Any], **more: Any) -> Any:
    """As somebody confirms it who reads the dialog."""
    asked = client.get(at(name), address).context
    return client.post(at(name), {**dict(asked["asked"]), "people": asked["number"], **more})


def test_all_whom_the_filter_finds_are_opted_out_and_it_is_undone(
    marketer: Client, project: Project, people: list[Profile]
) -> None:
    asked = marketer.get(at("opt_out"), {"rule": GOERS})
    assert "That is <strong>2</strong> people." in asked.content.decode()
    answer = confirmed(marketer, "opt_out", {"rule": GOERS})
    assert answer["Location"].startswith(f"{PROFILES}?rule=")
    assert opted_out(project) == ["Goa", "Gopal"]

    page = marketer.get(PROFILES)
    assert "Opt out: <strong>2</strong> people, done" in page.content.decode()
    change = PeopleChange.objects.get()
    assert "2 people were changed" in " ".join(
        marketer.get(at("undo"), {"change": change.pk}).content.decode().split()
    )
    marketer.post(at("undo"), {"change": change.pk})
    marketer.post(at("undo"), {"change": change.pk})
    assert opted_out(project) == []
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "note")) == [
        ("profile.opted_out", "2 people"),
        ("profile.change_undone", ""),
    ]


def test_those_ticked_are_meant_and_nobody_of_another_project(
    marketer: Client, project: Project, people: list[Profile]
) -> None:
    stranger = ProfileFactory.create(subscribed=True)
    ticked = {"rule": GOERS, "who": [people[2].pk, stranger.pk, "x", people[2].pk]}
    confirmed(marketer, "opt_out", ticked)
    assert opted_out(project) == ["Asha"]
    stranger.refresh_from_db()
    assert stranger.subscribed

    friends = CustomListFactory.create(project=project)
    asked = marketer.get(at("into_list"), {"who": [people[0].pk, people[2].pk]}).context
    marketer.post(at("into_list"), {**dict(asked["asked"]), "into": friends.pk})
    assert set(ListMember.objects.values_list("profile", flat=True)) == {people[0].pk, people[2].pk}

    confirmed(marketer, "make_tests", {"who": people[1].pk})
    assert list(Profile.objects.filter(is_test=True)) == [people[1]]
    confirmed(marketer, "end_tests", {"who": people[1].pk})
    assert not Profile.objects.filter(is_test=True).exists()


def test_some_are_taken_out_of_a_list_and_stay_in_the_project(
    marketer: Client, project: Project, people: list[Profile]
) -> None:
    friends, theirs = CustomListFactory.create(project=project), CustomListFactory.create()
    for person in people:
        ListMemberFactory.create(custom_list=friends, profile=person)
    asked = marketer.get(at("out_of_list"), {"list": friends.pk, "who": people[0].pk})
    assert asked.context["form"]["out_of"].value() == friends.pk
    sent = dict(asked.context["asked"])
    for wrong in ("", theirs.pk, "x"):
        answer = marketer.post(at("out_of_list"), {**sent, "out_of": wrong})
        assert "out_of" in answer.context["form"].errors
    for _ in range(2):
        marketer.post(at("out_of_list"), {**sent, "out_of": friends.pk})
    assert set(ListMember.objects.values_list("profile", flat=True)) == {
        people[1].pk,
        people[2].pk,
    }
    faulty = marketer.post(at("out_of_list"), {"rule": "[", "out_of": friends.pk})
    assert "This filter can&#x27;t be used" in faulty.content.decode()
    marketer.post(at("out_of_list"), {"rule": GOERS, "out_of": friends.pk})
    assert ListMember.objects.get().profile == people[2]
    assert Profile.objects.of(project).count() == 3
    assert [
        entry.note
        for entry in AuditEntry.objects.filter(action="customlist.thinned").order_by("pk")
    ] == ["1 person", "1 person"]


def test_ten_thousand_acted_on_twice_are_acted_on_once(marketer: Client, project: Project) -> None:
    rows = (Profile(project=project, identity=f"{n}", subscribed=True) for n in range(10_000))
    Profile.objects.bulk_create(rows)
    asked = marketer.get(at("opt_out")).context
    sent = {**dict(asked["asked"]), "people": asked["number"]}
    for _ in range(2):
        marketer.post(at("opt_out"), sent)
    walking.carry_out()
    assert Profile.objects.filter(subscribed=False).count() == 10_000
    assert PeopleChange.objects.values_list("status", "changed").get() == ("done", 10_000)
    assert AuditEntry.objects.filter(action="profile.opted_out").count() == 1


def test_another_number_than_was_shown_changes_nobody_and_shows_it(
    marketer: Client, project: Project, people: list[Profile]
) -> None:
    answer = marketer.post(at("opt_out"), {"people": "2"})
    assert "They are 3 now, no longer 2." in answer.content.decode()
    assert answer.context["number"] == 3
    faulty = marketer.post(at("opt_out"), {"rule": "[", "people": "3"})
    assert "This filter can&#x27;t be used" in faulty.content.decode()
    assert opted_out(project) == []


def test_progress_stands_above_the_list(
    marketer: Client, viewer: Client, people: list[Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "AT_ONCE", 1)
    confirmed(marketer, "opt_out", {})
    page = marketer.get(PROFILES).content.decode()
    assert "under way (0 changed)" in page
    assert "Undo…" in page
    assert "Undo…" not in viewer.get(PROFILES).content.decode()


def test_who_may_only_look_has_nothing_to_tick(
    marketer: Client, viewer: Client, people: list[Profile]
) -> None:
    assert 'name="who"' in marketer.get(PROFILES).content.decode()
    page = viewer.get(PROFILES).content.decode()
    assert ('name="who"' in page, "Opt out" in page) == (False, False)


def test_erasing_asks_for_the_number_typed(
    project_admin: Client, project: Project, people: list[Profile], settings: Settings
) -> None:
    settings.ERASURE_KEY = "k" * 32
    sent = {"rule": GOERS}
    for typed in ("", "3", "two"):
        answer = project_admin.post(at("erase_many"), {**sent, "people": typed})
        assert "They are 2. Type this number" in answer.content.decode()
    assert not ErasedProfile.objects.exists()
    project_admin.post(at("erase_many"), {**sent, "people": " 2 "})
    assert set(ErasedProfile.objects.values_list("profile_id", flat=True)) == {
        people[0].pk,
        people[1].pk,
    }
    again = project_admin.post(at("erase_many"), {**sent, "people": "2"})
    assert "Nobody is left to be erased" in again.content.decode()
