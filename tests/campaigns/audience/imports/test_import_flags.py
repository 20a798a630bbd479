"""MSG-whatsapp and MSG-dndWhatsApp in an import: what they change, and what is recorded of it."""

import pytest

from campaigns.models import PhoneBlock, Profile, Source, SubscriptionStart
from providers.models import Project
from tests.campaigns.audience.imports.uploads import counts, imported, refused_rows
from tests.campaigns.flags import told_of
from tests.factories import PhoneBlockFactory, ProfileFactory

PHONE, KEY = "+919000011122", 919000011122


def subscribed(project: Project) -> dict[str, bool | None]:
    return dict(Profile.objects.of(project).values_list("identity", "subscribed"))


def blocks(project: Project) -> list[tuple[int, bool, bool, str]]:
    rows = PhoneBlock.objects.filter(project=project).order_by("match_key")
    return list(rows.values_list("match_key", "blocked", "own_word", "source"))


@pytest.mark.parametrize(
    ("cell", "before", "after"),
    [
        ("TRUE", None, True),
        ("true", False, True),
        ("False", True, False),
        ("", True, True),
        ("", None, None),
    ],
)
def test_the_flag_changes_what_is_known_and_a_blank_leaves_it(
    project: Project, cell: str, before: bool | None, after: bool | None
) -> None:
    ProfileFactory.create(project=project, identity="u-1", subscribed=before)
    imported(project, f"identity,MSG-whatsapp\nu-1,{cell}\n")
    assert subscribed(project) == {"u-1": after}
    assert told_of(project) == (
        [("u-1", None, "MSG-whatsapp", after, "import")] if before != after else []
    )


@pytest.mark.parametrize("default", [None, True, False])
def test_new_people_without_the_flag_get_the_imports_default_and_known_ones_keep_theirs(
    project: Project, default: bool | None
) -> None:
    ProfileFactory.create(project=project, identity="u-1", subscribed=None)
    imported(
        project,
        "identity,MSG-whatsapp\nu-1,\nu-2,\nu-3,TRUE\nu-4,FALSE\n",
        new_subscribed=default,
    )
    assert subscribed(project) == {"u-1": None, "u-2": default, "u-3": True, "u-4": False}
    assert {(identity, value) for identity, _, _, value, _ in told_of(project)} == {
        ("u-3", True),
        ("u-4", False),
        *([("u-2", default)] if default is not None else []),
    }


def test_what_new_people_came_with_is_one_row_for_all_of_one_value(project: Project) -> None:
    ProfileFactory.create(project=project, identity="known", subscribed=None)
    rows = "".join(f"u-{n},{flag}\n" for n, flag in enumerate(["TRUE", "FALSE", "", "TRUE"]))
    imported(project, f"identity,MSG-whatsapp\n{rows}known,TRUE\n")
    starts = SubscriptionStart.objects.filter(project=project).order_by("value")
    assert list(starts.values_list("value", "source")) == [
        (False, "import"),
        (True, "import"),
    ]
    came = Profile.objects.of(project).order_by("identity")
    assert list(came.values_list("identity", "subscription_start__value")) == [
        ("known", None),
        ("u-0", True),
        ("u-1", False),
        ("u-2", None),
        ("u-3", True),
    ]


def test_a_flag_that_is_neither_true_nor_false_refuses_the_row(project: Project) -> None:
    upload = imported(project, "identity,MSG-whatsapp\nu-1,maybe\n")
    assert counts(upload) == {"rows_read": 1, "refused": 1}
    assert refused_rows(upload)[1][1] == "“MSG-whatsapp” is neither TRUE nor FALSE."


def test_the_block_belongs_to_the_phone(project: Project) -> None:
    imported(
        project,
        "identity,Phone,MSG-DNDwhatsapp\n"
        f"u-1,{PHONE},TRUE\nu-2,+919000011123,FALSE\nu-3,+919000011124,\n",
    )
    assert blocks(project) == [
        (KEY, True, False, "import"),
        (919000011123, False, False, "import"),
    ]
    assert told_of(project) == [
        (None, KEY, "MSG-dndWhatsApp", True, "import"),
        (None, 919000011123, "MSG-dndWhatsApp", False, "import"),
    ]


def test_a_block_without_a_phone_in_the_file_goes_to_the_phone_that_is_known(
    project: Project,
) -> None:
    ProfileFactory.create(project=project, identity="u-1", phone=PHONE)
    upload = imported(project, "identity,MSG-dndWhatsApp\nu-1,TRUE\n")
    assert (counts(upload), blocks(project)) == (
        {"rows_read": 1, "updated": 1},
        [(KEY, True, False, "import")],
    )


def test_no_file_clears_a_persons_own_stop(project: Project) -> None:
    ProfileFactory.create(project=project, identity="u-1", phone=PHONE, subscribed=None)
    PhoneBlockFactory.create(project=project, match_key=KEY, own_word=True, source=Source.KEYWORD)
    imported(project, f"identity,Phone,MSG-whatsapp,MSG-dndWhatsApp\nu-1,{PHONE},TRUE,FALSE\n")
    assert blocks(project) == [(KEY, True, True, "keyword")]
    assert told_of(project) == [("u-1", None, "MSG-whatsapp", True, "import")]


def test_a_file_clears_the_block_of_another_file(project: Project) -> None:
    imported(project, f"identity,Phone,MSG-dndWhatsApp\nu-1,{PHONE},TRUE\n")
    upload = imported(project, f"identity,Phone,MSG-dndWhatsApp\nu-1,{PHONE},FALSE\n")
    assert (counts(upload), blocks(project)) == (
        {"rows_read": 1, "updated": 1},
        [(KEY, False, False, "import")],
    )


def test_a_file_blocks_somebody_who_once_wrote_start(project: Project) -> None:
    PhoneBlockFactory.create(project=project, match_key=KEY, blocked=False, own_word=True)
    imported(project, f"identity,Phone,MSG-dndWhatsApp\nu-1,{PHONE},TRUE\n")
    assert blocks(project) == [(KEY, True, False, "import")]


def test_of_two_words_about_one_phone_the_last_counts_once(project: Project) -> None:
    text = f"identity,Phone,MSG-dndWhatsApp\nu-1,{PHONE},TRUE\nu-2,{PHONE},FALSE\nu-3,{PHONE},\n"
    imported(project, text)
    again = imported(project, text)
    assert (counts(again), blocks(project)) == (
        {"rows_read": 3, "unchanged": 3},
        [(KEY, False, False, "import")],
    )
    assert [value for *_, value, _ in told_of(project)] == [False]


def test_a_block_is_found_by_every_spelling_of_the_number(project: Project) -> None:
    imported(project, "identity,Phone,MSG-dndWhatsApp\nu-1,+55 11 98765-4321,TRUE\n")
    imported(project, "identity,Phone,MSG-dndWhatsApp\nu-2,+55 11 8765-4321,FALSE\n")
    assert blocks(project) == [(551187654321, False, False, "import")]
