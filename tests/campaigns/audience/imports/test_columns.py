"""A block of rows read by columns says of each row what the row alone would say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.mapping import Column, ColumnMapping
from campaigns.audience.imports.people_rows import People, RowRefusedError
from campaigns.audience.imports.values import ValueType

PROPERTIES = {"City": ValueType.TEXT, "Spent": ValueType.NUMBER, "Joined": ValueType.DATE}
FIELDS = (
    Target.IDENTITY,
    Target.PHONE,
    Target.NAME,
    Target.EMAIL,
    Target.LANGUAGE,
    Target.TIME_ZONE,
    Target.SUBSCRIBED,
)
COLUMNS = [
    *(Column(label=field.label, target=field) for field in FIELDS),
    *(
        Column(label=name, target=Target.PROPERTY, property_name=name, value_type=value_type)
        for name, value_type in PROPERTIES.items()
    ),
]
PLAIN = (
    ("u-1", "7", "अ-9"),
    ("+919000011122", "+919000011123"),
    ("Asha", "Asha Rao", "Śrī"),
    ("a@example.com", "b@c"),
    ("en", "hi"),
    ("asia/kolkata",),
    ("TRUE", "no"),
    ("Pune", "Goa", 'a "quoted" one'),
    ("12", "-5.50", "0012.5"),
    ("2026-01-31",),
)
ODD = (
    (
        "",
        "-",
        "--",
        "-1",
        "null",
        "NULL",
        "a b",
        "u_1",
        "x" * 255,
        "x" * 256,
        "a\nb",
        " u-2 ",
        "12.0",
    ),
    ("", "9000011122", "+1 212 555 0100", "+5215512345678", "+99", "+9190000111२2", "+\n"),
    ("", "#N/A", "a  b", "a\u200bb", "x" * 201, " a ", "a\x1eb", "a\x1fb", "a\nb"),
    ("", "a", "a@b\nc@d", "a@b@c", "@", "a@" + "b" * 260),
    ("", "#REF!", "x" * 21),
    ("", "Nowhere/Land"),
    ("", "perhaps"),
    ("", "#N/A", "a\x1eb", "a\\b", "a\u2028b", "a\nb", "x" * 513),
    ("", "twelve", "1\n2", "5.", "-0", "1e3", "٣"),
    ("", "2026-02-31"),
)
plain_rows = st.tuples(*(st.sampled_from(cells) for cells in PLAIN))
any_rows = st.tuples(
    *(st.sampled_from((*plain, *odd)) for plain, odd in zip(PLAIN, ODD, strict=True))
)
Rows = list[tuple[str, ...]]


def people(*, by_phone: bool = False) -> People:
    columns = COLUMNS[1:] if by_phone else COLUMNS
    return People(ColumnMapping(tuple(columns)), default_country="IN", time_zone="UTC")


def line_of(reader: People, number: int, cells: tuple[str, ...]) -> str:
    try:
        return reader.line(number, cells)
    except RowRefusedError:
        return ""


@pytest.mark.parametrize("by_phone", [False, True])
@given(some=st.lists(any_rows | plain_rows, max_size=8))
def test_a_block_says_of_each_row_what_the_row_alone_says(by_phone: bool, some: Rows) -> None:
    cells = [row[1:] if by_phone else row for row in some]
    reader, numbers = people(by_phone=by_phone), range(2, 2 + len(cells))
    alone = [line_of(reader, *row) for row in zip(numbers, cells, strict=True)]
    assert list(reader.plain_lines(numbers, cells)) == alone


def test_what_is_wrong_in_one_row_leaves_those_beside_it() -> None:
    plain = tuple(cells[0] for cells in PLAIN)
    wrong = tuple(cells[-1] for cells in ODD)
    first, second, third = people().plain_lines((2, 3, 4), (plain, wrong, plain))
    assert (first[:4], second, third[:4]) == ("2\x1fu-", "", "4\x1fu-")
