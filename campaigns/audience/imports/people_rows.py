"""Rows of a file as people: each checked and made ready for the table in which it goes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from re import ASCII, IGNORECASE
from re import compile as pattern

from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.columns import WRONG, ColumnReader, Look, lines_of, no_look
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.staging import SEPARATOR
from campaigns.audience.imports.values import (
    ValueRefusedError,
    ValueType,
    has_errors,
    has_single_blanks,
    look_at,
    read_flag,
    reader_of,
    refuse_errors,
)
from providers.phones.fast_path import are_plain_phones, plain_phone
from providers.phones.numbers import PhoneError, match_key, read_phone
from providers.phones.zone_names import zone_names

LONGEST_IDENTITY = 255
LONGEST_NAME = 200
LONGEST_LANGUAGE = 20
LONGEST_EMAIL = 254
NO_IDENTITY = "There is no identity."
NO_PHONE_FOR_IDENTITY = "There is no phone, which is the identity here."
LONG_IDENTITY = f"The identity is longer than {LONGEST_IDENTITY} characters."
INVISIBLE = "The identity holds an invisible character or a line break."
NOT_AN_IDENTITY = (
    "The identity is a word for “nothing”, like null or 0. Give each person a key of their own."
)
# What programs write where they know nobody: all such rows would become one person.
_NOTHING = (
    *("undefined", "null", "(null)", "<null>", "nil", "none", "unknown", "not available", "tbd"),
    *("true", "false"),
    *("na", "n/a", "n.a.", "#n/a", "#ref!", "#getting_data", "loading...", "[object object]"),
)
_NUMBERS = ("0", "-1", "nan", "inf", "-inf", "infinity", "-infinity")
SHORTENED = (
    "The spreadsheet has shortened this identity, its last digits are lost. "
    "Format the column as text and export it again."
)
NOBODY = frozenset({*_NOTHING, *_NUMBERS})
LONGEST_NOTHING = max(map(len, NOBODY))
_ERROR = pattern(r"#[¡¿]?[^\W\d_]+(?:/0)?[!?]|#N[VD]|#N/D|err:\d+", IGNORECASE)
_SHORTENED = pattern(r"[+-]?\d+(?:[.,]\d+e\+?|e\+)\d+", ASCII | IGNORECASE)
_KEPT_AS_TEXT = pattern(r"=\"([^\"]*)\"|'(\w+)")
_WHOLE = pattern(r"(\d+)\.0+", ASCII)
_EMAIL = pattern(r"[^@\s]+@[^@\s]+")
_EMAILS = pattern(r"(?:[^@\s]++@[^@\s]++\n)*+[^@\s]++@[^@\s]++")
_ZONES = {name.lower(): name for name in zone_names()}


class RowRefusedError(Exception):
    """Why a row is not imported as it is, in a sentence for whoever made the file.

    `rest`: what can be imported of it all the same, as a line of the staging table.
    """

    def __init__(self, reason: str, *, rest: str = "") -> None:
        super().__init__(reason)
        self.rest = rest


CellReader = Callable[[str], str]
FLAGS = (Target.SUBSCRIBED, Target.BLOCKED)


def read_identity(cell: str) -> str:
    # Most are such; of what is asked for below, only a length can be found in them.
    if cell.replace("-", "").isalnum() and cell.lower() not in NOBODY:
        if len(cell) <= LONGEST_IDENTITY:
            return cell
        raise RowRefusedError(LONG_IDENTITY)
    cell = _as_text(cell)
    if not cell:
        raise RowRefusedError(NO_IDENTITY)
    if len(cell) > LONGEST_IDENTITY:
        raise RowRefusedError(LONG_IDENTITY)
    if not cell.isprintable():
        raise RowRefusedError(INVISIBLE)
    if len(cell) <= LONGEST_NOTHING and cell.lower() in NOBODY:
        raise RowRefusedError(NOT_AN_IDENTITY)
    _refuse_nothing(cell)
    return cell


def _look_at_identities(cells: Sequence[str]) -> Sequence[str] | None:
    """None of them blank, none with a dash in front: both sort before all that is plain."""
    is_plain = (
        min(cells) > "."
        and "".join(cells).replace("-", "").isalnum()
        and max(map(len, cells)) <= LONGEST_IDENTITY
        and NOBODY.isdisjoint(map(str.lower, cells))
    )
    return cells if is_plain else None


def _as_text(cell: str) -> str:
    """As it was before a spreadsheet took it for a number, or was kept from doing so."""
    if kept := _KEPT_AS_TEXT.fullmatch(cell):
        cell = kept[1] or kept[2]
    whole = _WHOLE.fullmatch(cell)
    return whole[1] if whole else cell


def _refuse_nothing(cell: str) -> None:
    """What spreadsheets show where they can't calculate, have no room, or know a number better."""
    if _ERROR.fullmatch(cell) or not any(map(str.isalnum, cell)):
        raise RowRefusedError(NOT_AN_IDENTITY)
    if _SHORTENED.fullmatch(cell):
        raise RowRefusedError(SHORTENED)


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What stands in the rows of people who are all new, beside what their file says of them.
    `said` are the flags that rows have asked for."""

    project_id: int
    subscribed: bool | None  # where the file doesn't say
    starts: Mapping[bool, int]  # how MSG-whatsapp began, by its value
    said: set[bool] = field(default_factory=set)

    def read_flag(self, cell: str) -> str:
        return self.flag(read_flag(cell))

    def flag(self, value: bool | None) -> str:  # noqa: FBT001
        if value is None:
            return SEPARATOR
        self.said.add(value)
        return f"{'t' if value else 'f'}{SEPARATOR}{self.starts[value]}"


class People:
    """`line` turns the cells of one row into a line of the staging table, or refuses the row.

    A blank cell leaves what is known as it is. So does a value that is wrong, unless
    `only_whole_rows`: then its row is refused. Lines of `newcomers` are of the table of people
    instead.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        *,
        default_country: str,
        time_zone: str,
        only_whole_rows: bool = False,
        newcomers: Newcomers | None = None,
    ) -> None:
        self._mapping = mapping
        self._newcomers = newcomers
        self._only_whole_rows = only_whole_rows
        self._country = default_country
        self._key_at, self._read_key = self._key()
        fields = [
            (index, target, read)
            for target, read in self._field_readers().items()
            if (index := mapping.index_of(target)) is not None
        ]
        blanks = {**_BLANK, **self._other_blanks()}
        self._fields = [(index, read, blanks[target]) for index, target, read in fields]
        self._flags = {index for index, target, _ in fields if target in FLAGS}
        self._properties = [
            (index, f'"{column.property_name}":', reader_of(column.value_type, time_zone=time_zone))
            for index, column in mapping.properties()
        ]
        looks = {**LOOKS, Target.PHONE: self._look_at_phones}
        look_at_key = _look_at_identities if self._read_key is read_identity else no_look
        self._columns = [
            ColumnReader(self._key_at, _or_wrong(self._read_key), WRONG, look_at_key),
            *(
                ColumnReader(index, _or_wrong(read), blanks[target], looks.get(target, no_look))
                for index, target, read in fields
            ),
        ]
        self._members = [
            ColumnReader(
                index,
                _or_wrong(partial(_member, key, read)),
                look=partial(_look_at_members, key, column.value_type),
            )
            for (index, key, read), (_, column) in zip(
                self._properties, mapping.properties(), strict=True
            )
        ]
        self._name_columns([target for _, target, _ in fields])

    def _key(self) -> tuple[int, CellReader]:
        """Where no column holds the identity, the phone."""
        at = self._mapping.index_of(Target.IDENTITY)
        if at is not None:
            return at, read_identity
        return self._mapping.index_of(Target.PHONE) or 0, self._phone_as_key

    def _field_readers(self) -> dict[Target, CellReader]:
        return {
            Target.PHONE: self._read_phone,
            **WORDS,
            Target.SUBSCRIBED: self._newcomers.read_flag if self._newcomers else _read_flag,
            Target.BLOCKED: _read_flag,
        }

    def _other_blanks(self) -> dict[Target, str]:
        new = self._newcomers
        return {Target.SUBSCRIBED: new.flag(new.subscribed)} if new else {}

    def _name_columns(self, targets: Sequence[Target]) -> None:
        names = {target: _STAGED[target] for target in targets}
        if new := self._newcomers:
            is_said = Target.SUBSCRIBED in names
            names |= {Target.SUBSCRIBED: _FLAG_OF_NEW} if is_said else {}
            rest = [str(new.project_id)] + ([] if is_said else [new.flag(new.subscribed)])
            self._end = SEPARATOR.join(["", *rest]) + "\n"
            others = ("project_id", *(() if is_said else _FLAG_OF_NEW))
        else:
            self._end, others = "\n", ()
        staged = [name for each in names.values() for name in each]
        number = () if new else ("position",)
        self.columns = (*number, "identity", *staged, "properties", *others)

    def _heads(self, numbers: Iterable[int]) -> list[Iterable[str]]:
        return [] if self._newcomers else [map(str, numbers)]

    def plain_lines(self, numbers: Sequence[int], rows: Sequence[Sequence[str]]) -> Sequence[str]:
        """What `line` says of each of the rows, or "" where that is to be asked."""
        heads = self._heads(numbers)
        return lines_of(heads, rows, self._columns, self._members, end=self._end)

    def line(self, number: int, cells: Sequence[str]) -> str:
        """Raises RowRefusedError."""
        cells = list(map(str.strip, cells))
        try:
            staged = [*chain(*self._heads([number])), self._read_key(cells[self._key_at])]
            for index, read, blank in self._fields:
                cell = cells[index]
                staged.append(read(cell) if cell else blank)
            properties = []
            for index, key, read in self._properties:
                if cell := cells[index]:
                    properties.append(key + read(cell))
        except (ValueRefusedError, PhoneError):
            raise self._refusal(number, cells) from None
        staged.append("{" + ",".join(properties) + "}" + self._end)
        return SEPARATOR.join(staged)

    def _refusal(self, number: int, cells: list[str]) -> RowRefusedError:
        """Everything that is wrong with the row, and what is left of it."""
        try:
            self._read_key(cells[self._key_at])
        except PhoneError as problem:
            return RowRefusedError(problem.reason)
        wrong = {
            index: reason
            for index, read in self._readers()
            if cells[index] and (reason := self._why_not(index, cells[index], read))
        }
        kept = ["" if index in wrong else cell for index, cell in enumerate(cells)]
        is_usable = any(kept[index] for index, _ in self._readers())
        # Who may be written to is never guessed.
        may_come_in = is_usable and not self._only_whole_rows and not wrong.keys() & self._flags
        rest = self.line(number, kept) if may_come_in else ""
        return RowRefusedError(" ".join(wrong.values()), rest=rest)

    def _readers(self) -> Iterator[tuple[int, CellReader]]:
        yield from ((index, read) for index, read, _ in self._fields)
        yield from ((index, read) for index, _, read in self._properties)

    def _why_not(self, index: int, cell: str, read: CellReader) -> str:
        try:
            read(cell)
        except ValueRefusedError as problem:
            return f"“{self._mapping.columns[index].label}” {problem}"
        except PhoneError as problem:
            return problem.reason
        return ""

    def _phone_as_key(self, cell: str) -> str:
        if not cell:
            raise RowRefusedError(NO_PHONE_FOR_IDENTITY)
        return read_phone(cell, default_country=self._country).e164

    def _read_phone(self, cell: str) -> str:
        e164 = plain_phone(cell, default_country=self._country)
        if e164 is None:
            e164 = read_phone(cell, default_country=self._country).e164
        return f"{e164}{SEPARATOR}{match_key(e164)}"

    @staticmethod
    def _look_at_phones(cells: Sequence[str]) -> Sequence[str] | None:
        """With a 5 in front the key may be another: numbers.py."""
        if cells[0][:2] == "+5" or not are_plain_phones(cells):
            return None
        return [f"{cell}{SEPARATOR}{cell[1:]}" for cell in cells]


def _member(key: str, read: CellReader, cell: str) -> str:
    return key + read(cell)


def _look_at_members(key: str, kind: ValueType, cells: Sequence[str]) -> Sequence[str] | None:
    """What a column repeats is read once at less cost."""
    if 2 * len({*cells}) < len(cells):
        return None
    seen = look_at(kind, cells)
    return None if seen is None else [*map(key.__add__, seen)]


def _or_wrong(read: CellReader) -> CellReader:
    def read_or_wrong(cell: str) -> str:
        try:
            return read(cell)
        except (RowRefusedError, ValueRefusedError, PhoneError):
            return WRONG

    return read_or_wrong


# The staging table's columns that a target fills, and what stands there for a blank cell.
_STAGED = {
    target: ("phone", "match_key") if target == Target.PHONE else (target.value,)
    for target in Target
}
_FLAG_OF_NEW = ("subscribed", "subscription_start_id")
_BLANK = {target: SEPARATOR * (len(names) - 1) for target, names in _STAGED.items()}


def _words_of_at_most(longest: int) -> CellReader:
    def read_words(cell: str) -> str:
        refuse_errors(cell)
        words = cell if cell.isprintable() and "  " not in cell else " ".join(cell.split())
        if len(words) > longest:
            raise ValueRefusedError(f"is longer than {longest} characters.")
        return words

    return read_words


def _look_at_words(longest: int) -> Look:
    def look(cells: Sequence[str]) -> Sequence[str] | None:
        is_plain = has_single_blanks(cells) and max(map(len, cells)) <= longest
        return cells if is_plain and not has_errors(cells) else None

    return look


def _look_at_emails(cells: Sequence[str]) -> Sequence[str] | None:
    text = "\n".join(cells)
    is_plain = (
        _EMAILS.fullmatch(text)
        and text.count("\n") == len(cells) - 1
        and max(map(len, cells)) <= LONGEST_EMAIL
    )
    return cells if is_plain else None


def _read_email(cell: str) -> str:
    if len(cell) > LONGEST_EMAIL or not _EMAIL.fullmatch(cell):
        raise ValueRefusedError("is not an e-mail address.")
    return cell


def _read_time_zone(cell: str) -> str:
    if name := _ZONES.get(cell.lower()):
        return name
    raise ValueRefusedError("is not a time zone like Asia/Kolkata.")


# What stands in a profile as it was written.
WORDS: Mapping[Target, CellReader] = {
    Target.NAME: _words_of_at_most(LONGEST_NAME),
    Target.EMAIL: _read_email,
    Target.LANGUAGE: _words_of_at_most(LONGEST_LANGUAGE),
    Target.TIME_ZONE: _read_time_zone,
}
LOOKS: Mapping[Target, Look] = {
    Target.NAME: _look_at_words(LONGEST_NAME),
    Target.EMAIL: _look_at_emails,
    Target.LANGUAGE: _look_at_words(LONGEST_LANGUAGE),
}


def _read_flag(cell: str) -> str:
    return "t" if read_flag(cell) else "f"
