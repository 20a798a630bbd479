"""One cell of a file → the JSON text of one property, or why it does not fit the column's type."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from zoneinfo import ZoneInfo

from django.db import models

from campaigns.models import PropertyType

LONGEST_TEXT = 512  # characters; what the platforms of this kind take
MOST_TEXTS = 100


class ValueType(models.TextChoices):
    """How a column is read. Dates come in three spellings, but are one type of property."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Date (2026-01-31)"
    DATE_DAY_FIRST = "date_dmy", "Date (31/01/2026)"
    DATE_MONTH_FIRST = "date_mdy", "Date (01/31/2026)"
    TEXTS = "texts", "List of texts (a; b)"

    @property
    def property_type(self) -> PropertyType:
        return PropertyType(self.value.split("_")[0])


class ValueRefusedError(ValueError):
    """Reads on behind the column's name: “Age” + "is not a number."."""


Reader = Callable[[str], str]

# What spreadsheets of other languages write for TRUE and FALSE.
_TRUE = frozenset({"true", "wahr", "vrai", "verdadero", "verdadeiro", "vero", "waar"})
_FALSE = frozenset({"false", "falsch", "faux", "falso", "onwaar"})
TRUE_WORDS = _TRUE | {"yes", "y", "t", "1", "ja", "oui", "sí", "si", "sì", "sim"}
FALSE_WORDS = _FALSE | {"no", "n", "f", "0", "nein", "non", "nee", "não", "nao"}
_PLAIN_WORDS = _TRUE | _FALSE | {"yes", "no"}
_FLAG_WORDS = TRUE_WORDS | FALSE_WORDS
_SLIPS, _SLIPS_OF_DATES = 0.05, 0.2  # of a column's cells; hardly any other text looks like a date
_LESS_THAN_HALF = 0.499
_NUMBER = re.compile(r"([+-]?)0*(\d{1,15})(\.\d{1,15})?", re.ASCII)
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?", re.ASCII)
_JSON_NUMBERS = re.compile(r"(?:-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?\n)++", re.ASCII)
_CODE_LIKE = re.compile(r"[+-]?0\d|\+")
_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_TIME = r"(?:[T ](?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*" + _ZONE + ")?"
_SPELLINGS = {
    ValueType.DATE: re.compile(
        r"(?P<y>\d{4})(?P<sign>[-/])(?P<m>\d{2})(?P=sign)(?P<d>\d{2})" + _TIME
    ),
    ValueType.DATE_DAY_FIRST: re.compile(
        r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})" + _TIME
    ),
    ValueType.DATE_MONTH_FIRST: re.compile(
        r"(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4})" + _TIME
    ),
}
_ERRORS = frozenset(
    ("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#N/A", "#SPILL!", "#CALC!")
)
_UTC = ("Z", "UTC", "GMT")
_EPOCH = re.compile(r"\$D_(\d{1,10})", re.ASCII)


def has_errors(cells: Iterable[str]) -> bool:
    return not _ERRORS.isdisjoint(cells)


def refuse_errors(cell: str) -> None:
    """What spreadsheets show where they can't calculate is nobody's name or city."""
    if cell in _ERRORS:
        raise ValueRefusedError("shows an error of the spreadsheet.")


def read_text(cell: str) -> str:
    refuse_errors(cell)
    if len(cell) > LONGEST_TEXT:
        raise ValueRefusedError(f"is longer than {LONGEST_TEXT} characters.")
    return encode_basestring(cell)


def read_texts(cell: str) -> str:
    """Between semicolons, or between commas where there is no semicolon; each once."""
    parts = [part.strip() for part in cell.split(";" if ";" in cell else ",")]
    texts = list(dict.fromkeys(part for part in parts if part))
    if len(texts) > MOST_TEXTS:
        raise ValueRefusedError(f"has more than {MOST_TEXTS} texts.")
    return f"[{', '.join(map(read_text, texts))}]"


def read_number(cell: str) -> str:
    if _JSON_NUMBER.fullmatch(cell):
        return cell
    match = _NUMBER.fullmatch(cell)
    if not match:
        raise ValueRefusedError("is not a number like 1250 or 12.5.")
    sign, whole, decimals = match.groups("")
    return f"{'-' if sign == '-' else ''}{whole}{decimals}"


def read_boolean(cell: str) -> str:
    return "true" if read_flag(cell) else "false"


@lru_cache(maxsize=100)
def read_flag(cell: str) -> bool:
    word = cell.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueRefusedError("is neither TRUE nor FALSE.")


def look_at(value_type: ValueType, cells: Sequence[str]) -> Sequence[str] | None:
    """All of them as its reader gives them, where that is seen at a glance."""
    match value_type:
        case ValueType.NUMBER:
            return cells if _are_json_numbers(cells) else None
        case ValueType.TEXT:
            return [f'"{cell}"' for cell in cells] if _are_plain_texts(cells) else None
        case _:
            return None


def _are_json_numbers(cells: Sequence[str]) -> bool:
    lines = "\n".join(cells) + "\n"
    return lines.count("\n") == len(cells) and _JSON_NUMBERS.fullmatch(lines) is not None


def _are_plain_texts(cells: Sequence[str]) -> bool:
    """With nothing that JSON writes otherwise."""
    text = "".join(cells)
    is_plain = has_single_blanks(cells) and '"' not in text and "\\" not in text
    return is_plain and max(map(len, cells)) <= LONGEST_TEXT and not has_errors(cells)


def has_single_blanks(cells: Iterable[str]) -> bool:
    """All of them, and inside of them alone; no other sign that isn't seen."""
    text = f" {' '.join(cells)} "
    return text.isprintable() and "  " not in text


def reader_of(value_type: ValueType, *, time_zone: str) -> Reader:
    """`time_zone` is that of times which don't name one."""
    match value_type:
        case ValueType.TEXT:
            return read_text
        case ValueType.NUMBER:
            return read_number
        case ValueType.BOOLEAN:
            return read_boolean
        case ValueType.TEXTS:
            return read_texts
        case _:
            return _date_reader(value_type, ZoneInfo(time_zone))


def _date_reader(value_type: ValueType, zone: ZoneInfo) -> Reader:
    spelling = _SPELLINGS[value_type]

    @lru_cache(maxsize=20_000)  # the same days come again and again
    def read_date(cell: str) -> str:
        # A year in front can be read in one way only: workbooks mix such cells with typed ones.
        match = spelling.fullmatch(cell) or _SPELLINGS[ValueType.DATE].fullmatch(cell)
        try:
            if match:
                return f'"{_in_utc(match, zone)}"'
            if epoch := _EPOCH.fullmatch(cell):
                return f'"{_spelled(datetime.fromtimestamp(int(epoch[1]), UTC))}"'
        except (ValueError, OverflowError):
            pass
        raise ValueRefusedError(f"is not a {value_type.label.lower()}.")

    return read_date


def _in_utc(match: re.Match[str], zone: ZoneInfo) -> str:
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    if not match["time"]:
        return day.isoformat()
    zone_named = match["zone"] or ""
    offset = "+00:00" if zone_named in _UTC else zone_named
    moment = datetime.fromisoformat(f"{day.isoformat()}T{match['time'].zfill(5)}{offset}")
    return _spelled(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _spelled(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def guess_type(cells: list[str]) -> ValueType:
    """The narrowest type that nearly all of the cells fit; they are not blank.

    One slip among many makes no text: its row is refused, and the page says so.
    """
    return _narrowest(cells, slips=_SLIPS, slips_of_dates=_SLIPS_OF_DATES) or ValueType.TEXT


def likely_type(cells: list[str]) -> ValueType | None:
    """What most of them are, though not enough for a guess."""
    return _narrowest(cells, slips=_LESS_THAN_HALF, slips_of_dates=_LESS_THAN_HALF)


def fits(cells: list[str], value_type: ValueType) -> bool:
    """Whether nearly all of them do; of dates, in this very spelling."""
    answers = fitting(cells, value_type)
    if (spelling := _SPELLINGS.get(value_type)) is None:
        return _all_but(_SLIPS, answers)
    spelled = (spelling.fullmatch(cell) is not None for cell in cells)
    return _all_but(_SLIPS_OF_DATES, [*map(all, zip(answers, spelled, strict=True))])


def closest(cells: list[str], property_type: PropertyType) -> ValueType:
    """Of what is settled to be of that type: of dates the spelling that most of them have."""
    if property_type != PropertyType.DATE:
        return ValueType(property_type.value)
    return max(_SPELLINGS, key=lambda spelling: sum(fitting(cells, spelling)))


def fitting(cells: list[str], value_type: ValueType) -> list[bool]:
    """Which of them do."""
    reader = reader_of(value_type, time_zone="UTC")
    return [_fits(cell, reader) for cell in cells]


def _narrowest(cells: list[str], *, slips: float, slips_of_dates: float) -> ValueType | None:
    words = {cell.lower() for cell in cells}
    if words & _PLAIN_WORDS and _all_but(slips, [cell.lower() in _FLAG_WORDS for cell in cells]):
        return ValueType.BOOLEAN
    # A zero or a + in front means a code or a phone, and has to stay.
    if not any(map(_CODE_LIKE.match, cells)) and _all_but(slips, [*map(_is_number, cells)]):
        return ValueType.NUMBER
    by_spelling = {spelling: fitting(cells, spelling) for spelling in _SPELLINGS}
    most = max(by_spelling, key=lambda spelling: sum(by_spelling[spelling]))
    return most if _all_but(slips_of_dates, by_spelling[most]) else None


def _all_but(slips: float, answers: Sequence[bool]) -> bool:
    return bool(answers) and answers.count(False) <= slips * len(answers)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _fits(cell: str, reader: Reader) -> bool:
    try:
        reader(cell)
    except ValueRefusedError:
        return False
    return True
