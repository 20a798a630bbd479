"""A person's own properties, changed on a page: each as its type is, the others untouched."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Profile, ProfileProperty, PropertyType
from providers.models import AuditEntry, Project
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db

TYPES = {"City": "text", "Age": "number", "Member": "boolean", "Born": "date", "Tags": "texts"}
KNOWN = {"City": "Pune", "Age": 34, "Member": True, "Tags": ["vip", "tea"], "Old": {"odd": 1}}


@pytest.fixture
def person(project: Project) -> Profile:
    for name, kind in TYPES.items():
        ProfileProperty.objects.create(project=project, name=name, type=PropertyType(kind))
    profile: Profile = ProfileFactory.create(project=project, properties=KNOWN)
    return profile


def form_of(client: Client, person: Profile) -> tuple[str, dict[str, str], dict[str, str]]:
    """The page, its fields' names by their labels, and what it shows."""
    page = reverse("admin:campaigns_profile_properties", args=[person.pk])
    form = client.get(page).context["form"]
    return page, {f.label: f.name for f in form}, {f.name: f.value() for f in form}


def test_what_is_typed_is_kept_as_its_type(person: Profile, marketer: Client) -> None:
    page, names, shown = form_of(marketer, person)
    assert {label: shown[name] for label, name in names.items()} == {
        "Age": "34",
        "Born": "",
        "City": "Pune",
        "Member": "true",
        "Tags": "vip; tea",
    }
    typed = {"Age": "034.5", "Born": "1990-04-03", "City": "", "Member": "false", "Tags": "a;b;a"}
    sent = shown | {names[label]: value for label, value in typed.items()}
    Profile.objects.update(properties=KNOWN | {"Other": "by somebody else meanwhile"})

    marketer.post(page, sent)
    marketer.post(page, sent)

    person.refresh_from_db()
    assert person.properties == {
        "Age": 34.5,
        "Born": "1990-04-03",
        "Member": False,
        "Tags": ["a", "b"],
        "Old": {"odd": 1},
        "Other": "by somebody else meanwhile",
    }
    entry = AuditEntry.objects.get()
    assert entry.action == "profile.changed"
    assert [change["field"] for change in entry.changes] == sorted(TYPES)
    assert "Pune" not in str(entry.changes)


def test_a_text_of_several_lines_is_not_changed_by_saving_another(
    person: Profile, marketer: Client
) -> None:
    Profile.objects.update(properties=KNOWN | {"City": "Pune\nCamp"})
    page, names, shown = form_of(marketer, person)
    assert f'<textarea name="{names["City"]}"' in marketer.get(page).content.decode()
    lines = shown[names["City"]].replace("\n", "\r\n")  # as a browser sends them
    marketer.post(page, shown | {names["Age"]: "35", names["City"]: lines})
    person.refresh_from_db()
    assert (person.properties["City"], person.properties["Age"]) == ("Pune\nCamp", 35)
    (change,) = AuditEntry.objects.get().changes
    assert change["field"] == "Age"


def test_what_does_not_fit_is_told_beside_its_field(person: Profile, marketer: Client) -> None:
    page, names, shown = form_of(marketer, person)
    wrong = {"Age": "old", "Born": "31/01/1990", "City": "x" * 513}
    answer = marketer.post(page, shown | {names[label]: text for label, text in wrong.items()})
    assert {answer.context["form"].fields[key].label: told for key, (told,) in
            answer.context["form"].errors.items()} == {
        "Age": "This is not a number like 1250 or 12.5.",
        "Born": "This is not a date (2026-01-31).",
        "City": "This is longer than 512 characters.",
    }  # fmt: skip
    person.refresh_from_db()
    assert person.properties == KNOWN
