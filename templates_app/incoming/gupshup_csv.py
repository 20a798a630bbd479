"""The CSV file that Gupshup's dashboard exports."""

import csv
import io
import re

from templates_app.incoming.found import MOST, Haul, IncomingError, Refused, sorted_out
from templates_app.incoming.gupshup_rows import Row, found_in

NEEDED = ("NAME", "BODY")
DELIMITERS = ",;\t|"
ID_LOST = (
    "The spreadsheet has spoilt its ID, whose last digits are lost. Export the file once more and "
    "bring it in as it is."
)
# 9.00E+14, 9,00E+14, 900000000000000.0, #NUM!, ####
_SPOILT_ID = re.compile(r"[+-]?\d+(?:[.,]\d+)?e\+?\d+|\d+[.,]\d+|#.*|err:\d+", re.IGNORECASE)
BUTTON = re.compile(r"BUTTON[0-9]{1,3}")


def read_csv(text: str) -> Haul:
    """Raises IncomingError."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=False, delimiter=_delimiter(text))
    try:
        columns = [_column(name) for name in reader.fieldnames or ()]
        missing = [name for name in NEEDED if name not in columns]
        if len(missing) == len(NEEDED):
            raise IncomingError(
                "This is neither Meta's JSON, which begins with a brace, nor the dashboard's file. "
                "In Gupshup's dashboard choose Templates, then Export."
            )
        if missing:
            raise IncomingError(
                f"This is not the dashboard's file: the column {missing[0]} is missing. "
                "In Gupshup's dashboard choose Templates, then Export."
            )
        reader.fieldnames = columns
        rows = [_row(line) for line in reader if any(line.values())]
    except csv.Error as error:
        raise IncomingError(f"The file breaks off or is damaged: {error}.") from None
    if len(rows) > MOST:
        raise IncomingError(f"That is more than {MOST:,} templates. Bring them in in parts.")
    return sorted_out(
        [Refused(row.name, why) if (why := _problem(row)) else found_in(row) for row in rows]
    )


def _delimiter(text: str) -> str:
    """Of the file as a spreadsheet saved it: the row of names holds each of them between two."""
    names = text.partition("\n")[0]
    return max(DELIMITERS, key=names.count)


def _problem(row: Row) -> str:
    if not row.body.strip():
        return "It has no text."
    return ID_LOST if _SPOILT_ID.fullmatch(row.template_id) else ""


def _column(name: str) -> str:
    return re.sub(r"[\s_]+", "", name).upper()


def _row(line: dict[str, str | None]) -> Row:
    def cell(name: str) -> str:
        value = line.get(name)
        return value if isinstance(value, str) else ""

    buttons = sorted((name for name in line if name and BUTTON.fullmatch(name)), key=_number)
    return Row(
        template_id=cell("TEMPLATEID").strip("'\" "),
        name=cell("NAME"),
        category=cell("CATEGORY"),
        language=cell("LANGUAGE"),
        kind=cell("TYPE"),
        header=cell("HEADER"),
        body=cell("BODY"),
        footer=cell("FOOTER"),
        buttons=tuple(cell(name) for name in buttons if cell(name).strip()),
        status=cell("STATUS"),
        reason=cell("REJECTIONREASON"),
    )


def _number(name: str) -> int:
    return int(name.removeprefix("BUTTON"))
