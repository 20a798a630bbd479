"""Profiles and custom lists in the console."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.audience import lists
from campaigns.models import CustomList, PhoneBlock, Profile, Source, SubscriptionChange
from providers.models import Project
from tests.campaigns.audience.words.indexing import index_everybody
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ListMemberFactory,
    PhoneBlockFactory,
    ProfileFactory,
    ProjectFactory,
)

PROFILES = reverse("admin:campaigns_profile_changelist")
LISTS = reverse("admin:campaigns_customlist_changelist")


def page(row: Profile | CustomList, name: str = "change") -> str:
    return reverse(f"admin:campaigns_{row._meta.model_name}_{name}", args=[row.pk])


def found(client: Client, text: str) -> list[str]:
    rows = client.get(PROFILES, {"q": text}).context["cl"].result_list
    return sorted(profile.identity for profile in rows)


def form_of(client: Client, profile: Profile) -> dict[str, Any]:
    form = client.get(page(profile)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    values |= {f"initial-{name}": form[name].value() for name in ("subscribed", "blocked")}
    return {name: value for name, value in values.items() if value not in {None, False}}


# Finding --------------------------------------------------------------------------------------


@pytest.fixture
def crowd(project: Project) -> None:
    ProfileFactory.create(project=project, identity="c-100", name="Asha Rao", phone="+919000011122")
    ProfileFactory.create(
        project=project, identity="c-101", name="Ravi 100% Shah", phone="+919000011133"
    )
    ProfileFactory.create(project=project, identity="x-1", name="Ana Souza", phone="+447400123456")
    ProfileFactory.create(
        project=ProjectFactory.create(), identity="c-102", name="Asha", phone="+919000011122"
    )
    index_everybody()


@pytest.mark.parametrize(
    ("text", "identities"),
    [
        ("c-10", ["c-100", "c-101"]),
        ("C-10", []),
        ("asha", ["c-100"]),
        ("ANA S", ["x-1"]),
        ("+919000011122", ["c-100"]),
        ("90000 11122", ["c-100"]),
        ("09000011122", ["c-100"]),
        ("+91 90000", ["c-100", "c-101"]),
        ("90000111", ["c-100", "c-101"]),
        ("+44 74", ["x-1"]),
        ("0044 7400", ["x-1"]),
        ("900", []),
        ("Ravi 100%", ["c-101"]),
        ("Shah%", ["c-101"]),
        ("nobody", []),
        ("9" * 40, []),
    ],
)
def test_people_are_found_by_the_start_of_what_is_remembered(
    viewer: Client, crowd: None, text: str, identities: list[str]
) -> None:
    assert found(viewer, text) == identities


def test_a_list_shows_its_people(viewer: Client, project: Project) -> None:
    member = ListMemberFactory.create(custom_list__project=project)
    ProfileFactory.create(project=project)
    rows = viewer.get(PROFILES, {"list": member.custom_list_id}).context["cl"].result_list
    assert list(rows) == [member.profile]


def test_another_projects_list_shows_nobody(viewer: Client, project: Project) -> None:
    theirs = ListMemberFactory.create(custom_list__project=ProjectFactory.create())
    response = viewer.get(PROFILES, {"list": theirs.custom_list_id})
    assert list(response.context["cl"].result_list) == []


def test_nobody_yet_says_what_to_do(marketer: Client, viewer: Client) -> None:
    invitation = "Bring your people in from a spreadsheet."
    texts = [client.get(PROFILES).content.decode() for client in (marketer, viewer)]
    assert [invitation in text for text in texts] == [True, False]


# One person -----------------------------------------------------------------------------------


def test_a_person_is_added_with_a_phone_as_people_write_it(
    marketer: Client, project: Project
) -> None:
    marketer.post(
        reverse("admin:campaigns_profile_add"),
        {"identity": "u-1", "phone": "090000 11122", "subscribed": "true", "time_zone": ""},
    )
    profile = Profile.objects.get()
    assert (profile.project, profile.phone, profile.match_key, profile.subscribed) == (
        project,
        "+919000011122",
        919000011122,
        True,
    )
    assert list(SubscriptionChange.objects.values_list("profile", "flag", "value", "source")) == [
        (profile.pk, "MSG-whatsapp", True, "console")
    ]


@pytest.mark.parametrize(
    ("data", "field", "error"),
    [
        ({"phone": "12"}, "phone", "Not a valid number in India."),
        ({"identity": "null"}, "identity", "The identity is a word for “nothing”"),
        ({"identity": "taken"}, "identity", "There is already a profile with this identity."),
        ({"phone": "", "blocked": "on"}, "blocked", "There is no phone to block."),
    ],
)
def test_what_is_wrong_stands_beside_the_field(
    marketer: Client, project: Project, data: dict[str, str], field: str, error: str
) -> None:
    ProfileFactory.create(project=project, identity="taken")
    profile = ProfileFactory.create(project=project, identity="u-1")
    response = marketer.post(page(profile), {**form_of(marketer, profile), **data})
    assert response.context["adminform"].form.errors[field][0].startswith(error)


def test_a_new_phone_takes_its_match_key_along(marketer: Client, project: Project) -> None:
    profile = ProfileFactory.create(project=project, phone_is_invalid=True)
    marketer.post(page(profile), form_of(marketer, profile) | {"phone": "+55 11 98765-4321"})
    profile.refresh_from_db()
    assert (profile.phone, profile.match_key, profile.phone_is_invalid) == (
        "+5511987654321",
        551187654321,
        False,
    )


def test_saving_writes_what_was_changed_alone(marketer: Client, project: Project) -> None:
    profile = ProfileFactory.create(project=project, properties={"City": "Pune"})
    form = form_of(marketer, profile)
    Profile.objects.filter(pk=profile.pk).update(properties={"City": "Delhi"}, email="a@b.example")
    marketer.post(page(profile), form | {"name": "Asha", "email": ""})
    profile.refresh_from_db()
    assert (profile.name, profile.email, profile.properties) == (
        "Asha",
        "",
        {"City": "Delhi"},
    )


def test_a_block_is_set_and_lifted_with_its_history(marketer: Client, project: Project) -> None:
    profile = ProfileFactory.create(project=project)
    marketer.post(page(profile), form_of(marketer, profile) | {"blocked": "on"})
    blocked = PhoneBlock.objects.values_list("match_key", "blocked", "source")
    assert list(blocked) == [(profile.match_key, True, "console")]

    form = form_of(marketer, profile)
    assert form.pop("blocked") is True
    marketer.post(page(profile), form)
    assert list(blocked.all()) == [(profile.match_key, False, "console")]
    assert list(SubscriptionChange.objects.order_by("id").values_list("flag", "value")) == [
        ("MSG-dndWhatsApp", True),
        ("MSG-dndWhatsApp", False),
    ]


@pytest.mark.parametrize("words", ["Told us in the shop, on a form", ""])
def test_how_we_know_of_a_change_is_kept_with_it(
    words: str, marketer: Client, project: Project
) -> None:
    profile = ProfileFactory.create(project=project, subscribed=None)
    form = form_of(marketer, profile)
    marketer.post(page(profile), form | {"subscribed": "true", "evidence": words})
    marketer.post(page(profile), form_of(marketer, profile) | {"blocked": "on", "evidence": words})
    kept = SubscriptionChange.objects.order_by("pk").values_list("flag", "value", "words")
    assert list(kept) == [("MSG-whatsapp", True, words), ("MSG-dndWhatsApp", True, words)]
    assert words in marketer.get(page(profile)).content.decode()


def test_evidence_that_comes_later_is_of_what_is_so_by_now(
    marketer: Client, project: Project
) -> None:
    """Whoever left while somebody had the page open is not brought back by saving it."""
    profile = ProfileFactory.create(project=project, subscribed=True)
    form = form_of(marketer, profile)
    Profile.objects.filter(pk=profile.pk).update(subscribed=False)
    PhoneBlockFactory.create(project=project, match_key=profile.match_key, own_word=True)
    marketer.post(page(profile), form | {"evidence": "By phone"})
    kept = SubscriptionChange.objects.values_list("flag", "value", "words").get()
    assert kept == ("MSG-whatsapp", False, "By phone")
    profile.refresh_from_db()
    assert (profile.subscribed, PhoneBlock.objects.get().blocked) == (False, True)


def test_evidence_that_would_be_cut_off_is_refused(marketer: Client, project: Project) -> None:
    profile = ProfileFactory.create(project=project)
    answer = marketer.post(page(profile), form_of(marketer, profile) | {"evidence": "x" * 501})
    assert "evidence" in answer.context["adminform"].form.errors
    assert not SubscriptionChange.objects.exists()


def test_an_untouched_form_lifts_no_block(marketer: Client, project: Project) -> None:
    profile = ProfileFactory.create(project=project)
    PhoneBlockFactory.create(project=project, match_key=profile.match_key, own_word=True)
    marketer.post(page(profile), form_of(marketer, profile) | {"name": "Asha"})
    assert PhoneBlock.objects.get().blocked


@pytest.mark.parametrize(
    ("change", "badge"),
    [
        ({}, "Reachable"),
        ({"subscribed": None}, "Not subscribed"),
        ({"phone": ""}, "No phone"),
        ({"phone_is_invalid": True}, "Invalid phone"),
    ],
)
def test_the_list_says_who_can_be_reached_and_why_not(
    viewer: Client, project: Project, change: dict[str, object], badge: str
) -> None:
    ProfileFactory.create(project=project, **change)
    assert f">{badge}<" in viewer.get(PROFILES).content.decode()


def test_a_persons_page_tells_of_their_stop_and_its_history(
    viewer: Client, project: Project
) -> None:
    profile = ProfileFactory.create(
        project=project, properties={"City": "<b>Pune</b>", "Member": True}
    )
    PhoneBlockFactory.create(project=project, match_key=profile.match_key, own_word=True)
    SubscriptionChange.objects.create(
        project=project,
        match_key=profile.match_key,
        flag=SubscriptionChange.Flag.BLOCKED,
        value=True,
        source=Source.KEYWORD,
    )
    text = viewer.get(page(profile)).content.decode()
    told = [
        "Phone blocked",
        "by their own STOP",
        "Keyword",
        "&lt;b&gt;Pune&lt;/b&gt;",
        "<dd>yes</dd>",
    ]
    assert [word for word in told if word not in text] == []


# Lists ----------------------------------------------------------------------------------------


def test_a_list_is_made_by_its_name(marketer: Client, project: Project) -> None:
    marketer.post(reverse("admin:campaigns_customlist_add"), {"name": "Loyal"})
    made = CustomList.objects.get()
    assert (made.name, made.project, made.created_by.memberships.get().project) == (
        "Loyal",
        project,
        project,
    )


def test_lists_say_how_many_people_they_hold(
    viewer: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    loyal = CustomListFactory.create(project=project)
    for _ in range(3):
        ListMemberFactory.create(custom_list=loyal)
    assert ">3<" in viewer.get(LISTS).content.decode()
    assert "<p>3</p>" in viewer.get(page(loyal)).content.decode()
    assert lists.with_counts(CustomList.objects.all()).get().people == 3


def test_a_list_is_deleted_and_its_people_stay(marketer: Client, project: Project) -> None:
    member = ListMemberFactory.create(custom_list__project=project)
    marketer.post(page(member.custom_list, "delete"), {"post": "yes"})
    assert (CustomList.objects.exists(), Profile.objects.get()) == (False, member.profile)


def test_a_list_that_a_campaign_uses_is_not_deleted(marketer: Client, project: Project) -> None:
    loyal = CustomListFactory.create(project=project)
    CampaignFactory.create(project=project, to=[loyal], name="Diwali offer")
    response = marketer.post(page(loyal, "delete"), {"post": "yes"}, follow=True)
    assert (
        "This list can&#x27;t be deleted: it is used by “Diwali offer”."
        in response.content.decode()
    )
    assert CustomList.objects.get() == loyal


def test_of_many_that_use_a_list_it_says_how_many_more(marketer: Client, project: Project) -> None:
    loyal = CustomListFactory.create(project=project)
    for number in range(5):
        CampaignFactory.create(project=project, to=[loyal], name=f"Sale {number}")
    answer = marketer.post(page(loyal, "delete"), {"post": "yes"}, follow=True)
    assert "used by “Sale 4”, “Sale 3”, “Sale 2” and 2 more." in answer.content.decode()
