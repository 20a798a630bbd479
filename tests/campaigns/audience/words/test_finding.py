"""People are found by the beginnings of words, however they are spelled."""

import pytest
from django.test import Client

from campaigns.audience.searching import search
from campaigns.audience.words.indexing import write_what_is_due
from campaigns.models import Profile, ProfileWords, WordsDue
from providers.models import Project
from tests.campaigns.audience.words.indexing import index_everybody
from tests.factories import ProfileFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Asha Sharma", "Sharma"),
        ("Asha Sharma", "sharm ash"),
        ("Śrīnivāsa Rao", "srinivasa"),
        ("Srinivasa Rao", "Śrīni"),
        ("Seán O’Brien", "o'brien"),
        ("Seán O'Brien", "brien"),
        ("Anne-Marie", "marie"),
        ("Łukasz Søren Straße", "lukasz soren strasse"),
        ("İpek Işık", "ipek isik"),
        ("किशोर कुमार", "कुम"),
        ("ज़ीनत", "जीन"),
        ("Ａｓｈａ", "asha"),
        ("Nguyễn Thị Ánh", "nguyen anh"),
        ("a:b'c\\d & (e) !f", "b'c\\d"),
    ],
)
def test_a_name_is_found_by_the_beginning_of_any_word(
    project: Project, name: str, written: str
) -> None:
    person = ProfileFactory.create(project=project, name=name)
    ProfileFactory.create(project=project, name="Zubin")
    ProfileFactory.create(project=ProjectFactory.create(), name=name)
    index_everybody()
    assert search(project, written) == [person.pk]


def test_vowels_of_indian_scripts_are_letters_not_accents(project: Project) -> None:
    ProfileFactory.create(project=project, name="कमल")
    index_everybody()
    assert search(project, "किमल") == []


@pytest.mark.parametrize("written", ["ANITA@", "anita.k", "anita@example.com"])
def test_an_e_mail_is_found_by_its_beginning(project: Project, written: str) -> None:
    person = ProfileFactory.create(project=project, name="", email="anita.k@example.com")
    other = ProfileFactory.create(project=project, name="", email="anita@example.com")
    index_everybody()
    expected = {"ANITA@": [other.pk], "anita.k": [person.pk], "anita@example.com": [other.pk]}
    assert search(project, written) == expected[written]


@pytest.mark.parametrize(
    "written",
    ["+91 90000 11122", "0091-90000/11122", "(90000) 11122", "९०००० १११२२", "09000011122"],
)
def test_a_phone_is_found_in_every_spelling(project: Project, written: str) -> None:
    person = ProfileFactory.create(project=project, phone="+919000011122", match_key=919000011122)
    assert search(project, written) == [person.pk]


@pytest.mark.parametrize("written", ["", "  ", "'", "\\", "&", "!", ":*", "\0", "🙂", "a" * 5_000])
def test_whatever_is_typed_is_harmless(project: Project, written: str) -> None:
    ProfileFactory.create(project=project, name="Asha")
    index_everybody()
    assert search(project, written) == []


def test_who_is_changed_on_the_page_is_found_by_the_new_name(
    project: Project, marketer: Client
) -> None:
    person = ProfileFactory.create(project=project, name="Asha Verma", identity="a-1")
    index_everybody()
    page = f"/campaigns/profile/{person.pk}/change/"
    form = {"identity": "a-1", "name": "Asha Sharma", "subscribed": "", "time_zone": ""}
    assert marketer.post(page, form).status_code == 302
    write_what_is_due()
    assert (search(project, "verma"), search(project, "sharma")) == ([], [person.pk])


def test_overlapping_stretches_are_walked_once_and_forgotten(project: Project) -> None:
    people = [ProfileFactory.create(project=project, name=f"Asha {n}") for n in range(3)]
    first, last = people[0].pk, people[-1].pk
    WordsDue.objects.bulk_create(
        [
            WordsDue(first=first, last=last + 12_000),
            WordsDue(first=first + 1, last=last),
            WordsDue(first=last, last=last),
        ]
    )
    write_what_is_due()
    Profile.objects.filter(pk=first).update(name="", email="")
    WordsDue.objects.create(first=first, last=first)
    write_what_is_due()
    indexed = list(ProfileWords.objects.order_by("pk").values_list("pk", flat=True))
    assert (indexed, WordsDue.objects.count()) == ([pk.pk for pk in people[1:]], 0)
