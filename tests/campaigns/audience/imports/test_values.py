"""Cells as typed properties."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience.imports.values import (
    ValueRefusedError,
    ValueType,
    guess_type,
    likely_type,
    reader_of,
)


def read(cell: str, value_type: ValueType) -> object:
    return json.loads(reader_of(value_type, time_zone="Asia/Kolkata")(cell))


@pytest.mark.parametrize(
    ("value_type", "cell", "value"),
    [
        (ValueType.TEXT, 'He said "hi"\\\n', 'He said "hi"\\\n'),
        (ValueType.TEXT, "पुणे 🎉", "पुणे 🎉"),
        (ValueType.TEXT, "x" * 512, "x" * 512),
        (ValueType.NUMBER, "12", 12),
        (ValueType.NUMBER, "-0.50", -0.5),
        (ValueType.NUMBER, "+7", 7),
        (ValueType.NUMBER, "007", 7),
        (ValueType.NUMBER, "0", 0),
        (ValueType.BOOLEAN, "TRUE", True),
        (ValueType.BOOLEAN, "No", False),
        (ValueType.BOOLEAN, "WAHR", True),
        (ValueType.BOOLEAN, "Ja", True),
        (ValueType.BOOLEAN, "Non", False),
        (ValueType.BOOLEAN, "FAUX", False),
        (ValueType.BOOLEAN, "1", True),
        (ValueType.DATE, "2026-01-31", "2026-01-31"),
        (ValueType.DATE, "2026-01-31 10:00", "2026-01-31T04:30:00Z"),
        (ValueType.DATE, "2026-01-31T10:00:05+02:00", "2026-01-31T08:00:05Z"),
        (ValueType.DATE, "2026-01-31T10:00:05.123Z", "2026-01-31T10:00:05Z"),
        (ValueType.DATE, "2026-01-31 10:00:05 UTC", "2026-01-31T10:00:05Z"),
        (ValueType.DATE, "2026/01/31", "2026-01-31"),
        (ValueType.DATE, "$D_1767000000", "2025-12-29T09:20:00Z"),
        (ValueType.DATE_DAY_FIRST, "31/1/2026", "2026-01-31"),
        (ValueType.DATE_DAY_FIRST, "2026-01-31", "2026-01-31"),
        (ValueType.DATE_MONTH_FIRST, "2026/01/31", "2026-01-31"),
        (ValueType.DATE_DAY_FIRST, "31.01.2026 9:05", "2026-01-31T03:35:00Z"),
        (ValueType.DATE_MONTH_FIRST, "1/31/2026", "2026-01-31"),
        (ValueType.TEXTS, ' a, "b" ; c;;a, "b"', ['a, "b"', "c"]),
        (ValueType.TEXTS, "a, b", ["a", "b"]),
        (ValueType.TEXTS, " ; ", []),
    ],
)
def test_a_cell_becomes_a_typed_value(value_type: ValueType, cell: str, value: object) -> None:
    assert read(cell, value_type) == value


@pytest.mark.parametrize(
    ("value_type", "cell", "reason"),
    [
        (ValueType.TEXT, "x" * 513, "is longer than 512 characters."),
        (ValueType.TEXTS, "a;" + "x" * 513, "is longer than 512 characters."),
        (ValueType.TEXTS, ";".join(map(str, range(101))), "has more than 100 texts."),
        (ValueType.NUMBER, "1,5", "is not a number like 1250 or 12.5."),
        (ValueType.NUMBER, "nan", "is not a number like 1250 or 12.5."),
        (ValueType.NUMBER, "1e5", "is not a number like 1250 or 12.5."),
        (ValueType.NUMBER, "٣", "is not a number like 1250 or 12.5."),
        (ValueType.BOOLEAN, "maybe", "is neither TRUE nor FALSE."),
        (ValueType.DATE, "2026-02-30", "is not a date (2026-01-31)."),
        (ValueType.DATE, "31/01/2026", "is not a date (2026-01-31)."),
        (ValueType.DATE, "2026/01-31", "is not a date (2026-01-31)."),
        (ValueType.DATE, "2026-01-31 25:00", "is not a date (2026-01-31)."),
        (ValueType.DATE, "$D_99999999999", "is not a date (2026-01-31)."),
        (ValueType.DATE_DAY_FIRST, "01/31/2026", "is not a date (31/01/2026)."),
        (ValueType.DATE_MONTH_FIRST, "31/01/2026", "is not a date (01/31/2026)."),
    ],
)
def test_a_cell_that_does_not_fit_is_refused_with_the_reason(
    value_type: ValueType, cell: str, reason: str
) -> None:
    with pytest.raises(ValueRefusedError) as refused:
        read(cell, value_type)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("cells", "value_type"),
    [
        ([], ValueType.TEXT),
        (["1", "2.5", "-3"], ValueType.NUMBER),
        (["0", "1"], ValueType.NUMBER),
        (["411001", "007"], ValueType.TEXT),  # post codes keep their zeros
        (["+919000011122"], ValueType.TEXT),
        (["TRUE", "no"], ValueType.BOOLEAN),
        (["2026-01-31", "2026-02-01 10:00"], ValueType.DATE),
        (["01/02/2026", "13/02/2026"], ValueType.DATE_DAY_FIRST),
        (["01/02/2026", "02/13/2026"], ValueType.DATE_MONTH_FIRST),
        (["01/02/2026"], ValueType.DATE_DAY_FIRST),
        (["2026-01-31", "31.01.2026"], ValueType.DATE_DAY_FIRST),
        (["2026-01-31", "01/31/2026"], ValueType.DATE_MONTH_FIRST),
        (["1", "x"], ValueType.TEXT),
        (["TRUE", "yes", "1", "0", "n"], ValueType.BOOLEAN),
        (["t", "f", "y"], ValueType.TEXT),
        (["VERDADERO", "FALSO"], ValueType.BOOLEAN),
        ([*["2026-01-31"] * 199, "2026-02-30"], ValueType.DATE),
        ([*["31/01/2026"] * 100, "01/31/2026"], ValueType.DATE_DAY_FIRST),
        ([*["01/31/2026"] * 100, "31/01/2026"], ValueType.DATE_MONTH_FIRST),
        ([*["12"] * 99, "many"], ValueType.NUMBER),
        ([*["12"] * 99, "007"], ValueType.TEXT),
        ([*["12"] * 9, "many"], ValueType.TEXT),
        ([*["2026-01-31"] * 76, *["soon"] * 9], ValueType.DATE),
        ([*["31/01/2026"] * 8, "n/a", "never"], ValueType.DATE_DAY_FIRST),
        ([*["2026-01-31"] * 7, "a", "b", "c"], ValueType.TEXT),
    ],
)
def test_a_columns_type_is_the_narrowest_that_nearly_all_its_cells_fit(
    cells: list[str], value_type: ValueType
) -> None:
    assert guess_type(cells) == value_type


@pytest.mark.parametrize(
    ("cells", "value_type"),
    [
        ([], None),
        (["1", "x"], None),
        (["1", "2", "x"], ValueType.NUMBER),
        (["01", "2", "x"], None),
        (["yes", "no", "perhaps"], ValueType.BOOLEAN),
        (["31/01/2026", "30/01/2026", "soon"], ValueType.DATE_DAY_FIRST),
        (["Pune", "Delhi", "12"], None),
    ],
)
def test_what_most_of_a_column_is_is_told_where_it_is_not_enough_for_a_guess(
    cells: list[str], value_type: ValueType | None
) -> None:
    assert likely_type(cells) == value_type


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=512))
def test_any_text_comes_back_as_it_was(cell: str) -> None:
    assert read(cell, ValueType.TEXT) == cell


@given(st.text(max_size=30), st.sampled_from(ValueType))
def test_whatever_stands_in_a_cell_is_json_or_refused(cell: str, value_type: ValueType) -> None:
    with suppress(ValueRefusedError):
        read(cell, value_type)
