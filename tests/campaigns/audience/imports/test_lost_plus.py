"""Phones whose + a spreadsheet has taken away, in a file where others have one."""

import pytest

from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.lost_plus import LOST_PLUS, lost_plus
from campaigns.audience.imports.mapping import Column, ColumnMapping

MAPPING = ColumnMapping((Column("Handy", Target.PHONE, "Phone"),))
WHOLE = "+919000020000"


@pytest.mark.parametrize(
    ("cells", "country", "count", "where"),
    [
        ([WHOLE, "919000020075"], "DE", "1 number has", "row 3"),
        ([WHOLE, "919000020075", "", "919000020077"], "DE", "2 numbers have", "rows 3, 5"),
        # Read rightly, or as nobody's, or like nothing else in the file.
        ([WHOLE, "919000020075"], "IN", "", ""),
        ([WHOLE, "9000020001", "keine", "0091 9000020003"], "DE", "", ""),
        (["919000020075", "4915112345678"], "DE", "", ""),
        (["+4915112345678", "4915112345679"], "DE", "", ""),
        ([], "DE", "", ""),
    ],
)
def test_numbers_that_lost_their_plus_are_named(
    cells: list[str], country: str, count: str, where: str
) -> None:
    found = [
        *lost_plus(
            MAPPING,
            [[cell] for cell in cells],
            numbers=range(2, 2 + len(cells)),
            country=country,
        )
    ]
    words = LOST_PLUS.format(
        label="Handy", count=count, where=where, other="India", chosen="Germany"
    )
    assert found == ([words] if count else [])


def test_a_file_without_phones_has_none() -> None:
    mapping = ColumnMapping((Column("City", Target.PROPERTY, "City"),))
    assert [*lost_plus(mapping, [["Pune"]], numbers=[2], country="DE")] == []
