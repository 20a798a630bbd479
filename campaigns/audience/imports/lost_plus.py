"""What to say of a column of phones some of which a spreadsheet has taken the + from: such a number
can be one of the chosen country's, too, and is somebody else's then."""

from collections import Counter
from collections.abc import Iterator, Sequence

from campaigns.audience.imports.cautioning import rows_in_words
from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.mapping import ColumnMapping
from providers.phones.country_names import NAMES
from providers.phones.country_of import country_of
from providers.phones.numbers import PhoneError, read_phone

LOST_PLUS = (
    "In “{label}” {count} no + in front, but look like the numbers of {other} that have one "
    "({where}), and are read as numbers of {chosen}. If a spreadsheet has taken the + away, choose "
    "{other} below for numbers without a country code."
)


def lost_plus(
    mapping: ColumnMapping, rows: Sequence[Sequence[str]], *, numbers: Sequence[int], country: str
) -> Iterator[str]:
    """`numbers` are those of the rows in the file."""
    index = mapping.index_of(Target.PHONE)
    if index is None:
        return
    cells = [row[index].strip() for row in rows]
    whole = Counter((home, len(cell)) for cell in cells if (home := _home_of(cell)))
    for home in dict.fromkeys(home for home, _ in whole if home != country):
        found = [
            number
            for number, cell in zip(numbers, cells, strict=True)
            if (home, len(cell) + 1) in whole and _is_taken_for_another(cell, home, country)
        ]
        if found:
            yield LOST_PLUS.format(
                label=mapping.columns[index].label,
                count=f"{len(found)} number{' has' if len(found) == 1 else 's have'}",
                other=NAMES.get(home, home),
                chosen=NAMES.get(country, country),
                where=rows_in_words(found),
            )


def _home_of(cell: str) -> str | None:
    return country_of(cell) if cell[1:].isdecimal() else None


def _is_taken_for_another(cell: str, home: str, country: str) -> bool:
    if not cell.isdecimal() or country_of(f"+{cell}") != home:
        return False
    try:
        return read_phone(cell, default_country=country).e164 != f"+{cell}"
    except PhoneError:
        return False
