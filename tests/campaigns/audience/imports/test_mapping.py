"""What each column of a file becomes."""

import pytest

from campaigns.audience.imports.mapping import (
    Column,
    ColumnMapping,
    MappingError,
    Target,
    check,
    guess,
)
from campaigns.audience.imports.values import ValueType
from campaigns.models import ImportKind, PropertyType

PEOPLE, LIST = ImportKind.PEOPLE, ImportKind.LIST


def targets(*labels: str, kind: ImportKind = PEOPLE) -> list[Target]:
    guessed = guess(labels, [["x"] * len(labels)], kind=kind, known={})
    return [column.target for column in guessed.columns]


def problems(
    *columns: Column, kind: ImportKind = PEOPLE, known: dict[str, PropertyType] | None = None
) -> dict[int | None, str]:
    with pytest.raises(MappingError) as refused:
        check(ColumnMapping(columns), kind=kind, known=known or {})
    return dict(refused.value.problems)


def a_property(name: str, value_type: ValueType = ValueType.TEXT) -> Column:
    return Column(name, Target.PROPERTY, property_name=name, value_type=value_type)


IDENTITY = Column("identity", Target.IDENTITY)


def test_columns_are_known_by_their_names_whatever_their_case() -> None:
    assert targets(
        "IDENTITY", "phone number", "Full name", "E-Mail", "Locale", "Time zone", "City"
    ) == [
        Target.IDENTITY,
        Target.PHONE,
        Target.NAME,
        Target.EMAIL,
        Target.LANGUAGE,
        Target.TIME_ZONE,
        Target.PROPERTY,
    ]


@pytest.mark.parametrize("label", ["MSG-whatsapp", "msg-whatsapp", "MSG-WhatsApp"])
def test_the_subscription_flag_is_known_in_any_case(label: str) -> None:
    assert targets("identity", label) == [Target.IDENTITY, Target.SUBSCRIBED]


@pytest.mark.parametrize("label", ["MSG-dndWhatsApp", "MSG-DNDwhatsapp", "msg-dndwhatsapp"])
def test_the_block_flag_is_known_in_any_case(label: str) -> None:
    assert targets("identity", label) == [Target.IDENTITY, Target.BLOCKED]


def test_the_object_id_is_an_identity() -> None:
    assert targets("objectId", "Phone") == [Target.IDENTITY, Target.PHONE]


def test_without_an_identity_by_name_the_first_free_column_is_taken_for_it() -> None:
    assert targets("Phone", "Customer no", "City") == [
        Target.PHONE,
        Target.IDENTITY,
        Target.PROPERTY,
    ]


def test_a_name_that_comes_twice_is_taken_once() -> None:
    assert targets("identity", "Phone", "Phone") == [
        Target.IDENTITY,
        Target.PHONE,
        Target.IGNORED,
    ]


def test_the_columns_of_a_file_of_refused_rows_are_left_out() -> None:
    assert targets("Row", "Reason", "Customer") == [
        Target.IGNORED,
        Target.IGNORED,
        Target.IDENTITY,
    ]


def test_a_file_for_a_list_needs_one_column_only() -> None:
    assert targets("identity", "Phone", "City", kind=LIST) == [
        Target.IDENTITY,
        Target.IGNORED,
        Target.IGNORED,
    ]
    assert targets("Phone", kind=LIST) == [Target.PHONE]


def test_a_property_that_is_known_keeps_its_spelling_and_type() -> None:
    known = {"city": PropertyType.TEXT, "Spent": PropertyType.TEXT}
    guessed = guess(["identity", "City", "Spent"], [["u", "Pune", "12"]], kind=PEOPLE, known=known)
    assert guessed.columns[1:] == (
        Column("City", Target.PROPERTY, "city", ValueType.TEXT),
        Column("Spent", Target.PROPERTY, "Spent", ValueType.TEXT),
    )


def test_types_are_guessed_over_the_rows_that_say_something() -> None:
    rows = [["u-1", "", "12"], ["u-2", "2026-01-31", " 7 "]]
    guessed = guess(["identity", "Joined", "Orders"], rows, kind=PEOPLE, known={})
    assert [column.value_type for column in guessed.columns[1:]] == [
        ValueType.DATE,
        ValueType.NUMBER,
    ]


def test_a_mapping_comes_back_from_the_database_as_it_was() -> None:
    mapping = ColumnMapping((IDENTITY, a_property("Joined", ValueType.DATE_DAY_FIRST)))
    assert ColumnMapping.from_json(mapping.as_json()) == mapping


def test_a_sound_mapping_passes() -> None:
    check(
        ColumnMapping((IDENTITY, a_property("City"), a_property("Größe 2"))),
        kind=PEOPLE,
        known={"City": PropertyType.TEXT},
    )


def test_people_need_an_identity_or_a_phone_that_stands_in_for_it() -> None:
    check(ColumnMapping((Column("Phone", Target.PHONE),)), kind=PEOPLE, known={})
    assert problems(Column("City")) == {
        None: "Choose the column that holds the identities, your own key for each person. "
        "Without one, choose a phone: then that is the key."
    }


def test_a_list_needs_identities_or_phones() -> None:
    assert problems(Column("City"), kind=LIST) == {
        None: "Choose the column that holds the identities or the phones."
    }
    check(ColumnMapping((Column("Phone", Target.PHONE),)), kind=LIST, known={})


def test_two_columns_cannot_fill_the_same() -> None:
    columns = (IDENTITY, Column("id", Target.IDENTITY), a_property("City"), a_property("City"))
    assert problems(*columns) == {
        1: "Another column is “Identity” already. Choose one of them.",
        3: "Another column fills “City” already. Choose another name.",
    }


@pytest.mark.parametrize("name", ["", " ", "_", '"'])
def test_a_property_needs_a_plain_name(name: str) -> None:
    assert problems(IDENTITY, a_property(name)) == {
        1: "Give the property a name of letters, digits and blanks."
    }


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("_x", "x"),
        ('a"b', "a b"),
        ("a\\b", "a b"),
        ("{{ x }}", "x"),
        ("=x", "x"),
        ("a\tb", "a b"),
        ("x" * 121, "x" * 120),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_a_name_that_will_not_do_is_answered_with_one_that_would(name: str, near: str) -> None:
    assert problems(IDENTITY, a_property(name)) == {
        1: f"A property can't be called so. “{near}” would do."
    }
    check(ColumnMapping((IDENTITY, a_property(near))), kind=PEOPLE, known={})


@pytest.mark.parametrize(
    "label",
    [
        *("शहर", "உங்கள் பெயர்", "নাম", "ชื่อ", "été", "Größe 2"),
        *("GST %", "Order #", "Ville d'origine", "Total (₹)", "what_is_your_budget?"),
        *("Last order ₹", "# of orders", "$ spent", "Price: EUR", "A & B", "R/C"),
    ],
)
def test_ordinary_names_are_proposed_as_they_are_and_pass(label: str) -> None:
    guessed = guess(["identity", label], [["u-1", "x"]], kind=PEOPLE, known={})
    assert guessed.columns[1].property_name == label
    check(guessed, kind=PEOPLE, known={})


@pytest.mark.parametrize("label", ['Size 5" <b>', "_internal", "{City}", "Cafe\u0301", "x" * 200])
def test_whatever_a_column_is_called_the_proposal_passes_and_is_known_again(label: str) -> None:
    first = guess(["identity", label], [["u-1", "x"]], kind=PEOPLE, known={})
    check(first, kind=PEOPLE, known={})
    known = {first.columns[1].property_name: PropertyType.TEXT}
    assert guess(["identity", label], [["u-1", "7"]], kind=PEOPLE, known=known) == first


def test_a_property_cannot_take_the_name_of_a_field() -> None:
    assert problems(IDENTITY, a_property("Phone")) == {
        1: "“Phone” is a field that everybody has. Choose it on the left or another name."
    }


def test_a_property_cannot_change_its_type() -> None:
    known = {"Age": PropertyType.NUMBER}
    assert problems(IDENTITY, a_property("Age"), known=known) == {
        1: "“Age” holds number already. Choose another name or type."
    }


@pytest.mark.parametrize("earlier", [{}, {"Joined": ValueType.DATE_DAY_FIRST}])
def test_bad_dates_do_not_change_how_the_good_ones_are_read(
    earlier: dict[str, ValueType],
) -> None:
    """A file of refused rows has little else, and comes back with some of them mended."""
    cells = [*["31/02/2026"] * 40, *["30/01/2026"] * 46, "soon"]
    found = guess(
        ["identity", "Joined"],
        [[f"u-{n}", cell] for n, cell in enumerate(cells)],
        kind=PEOPLE,
        known={"Joined": PropertyType.DATE},
        earlier={label: a_property(label, as_) for label, as_ in earlier.items()},
    )
    assert found.columns[1] == a_property("Joined", ValueType.DATE_DAY_FIRST)


@pytest.mark.parametrize(
    ("before", "settled", "cells", "value_type"),
    [
        (ValueType.DATE_DAY_FIRST, PropertyType.DATE, ["2026-01-31"], ValueType.DATE),
        (ValueType.TEXT, PropertyType.NUMBER, ["12"], ValueType.NUMBER),
        (ValueType.TEXT, PropertyType.NUMBER, ["many"], ValueType.NUMBER),
        (ValueType.TEXT, PropertyType.DATE, ["31/01/2026", "x", "y"], ValueType.DATE_DAY_FIRST),
    ],
)
def test_what_a_property_has_become_since_counts(
    before: ValueType, settled: PropertyType, cells: list[str], value_type: ValueType
) -> None:
    """Under the name that its column was given once."""
    found = guess(
        ["identity", "Col"],
        [[f"u-{n}", cell] for n, cell in enumerate(cells)],
        kind=PEOPLE,
        known={"Of ours": settled},
        earlier={"Col": Column("Col", Target.PROPERTY, "Of ours", before)},
    )
    assert found.columns[1] == Column("Col", Target.PROPERTY, "Of ours", value_type)
