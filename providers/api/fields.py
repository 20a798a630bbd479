"""The fields of a larger body: what each may hold, for the document and for whoever reads it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any

from providers.api import schemas
from providers.api.bodies import LONGEST_SHOWN, MOST_WRONG
from providers.api.problems import Problem, WrongPart
from providers.api.queries import NotReadable
from providers.api.schemas import Schema
from providers.names.visible_names import hidden_in

LONGEST_TEXT = 4_096
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
NO_FIELD = "There is no such field here."


@dataclass(frozen=True, slots=True)
class Field:
    """`read` makes a value of what stands there, or raises NotReadable. Where null or nothing
    stands, nothing is said."""

    schema: Schema
    read: Callable[[Any], Any]


def read_all(body: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Those that are said. Raises Problem, which names all that is wrong."""
    read: dict[str, Any] = {}
    wrong = [
        WrongPart(name[:LONGEST_SHOWN], "unknown_field", NO_FIELD)
        for name in body
        if name not in fields
    ]
    wrong += flaws_in(body)
    for name in [] if wrong else fields:
        if body.get(name) is None:
            continue
        try:
            read[name] = fields[name].read(body[name])
        except NotReadable as problem:
            wrong.append(WrongPart(name, "wrong_value", str(problem)))
    refuse(wrong)
    return read


def refuse(wrong: Iterable[WrongPart]) -> None:
    """Where something is. Raises Problem."""
    if parts := list(wrong)[:MOST_WRONG]:
        raise not_right(*parts)


def not_right(*parts: WrongPart) -> Problem:
    return Problem(UNPROCESSABLE, "body.wrong", "Some fields are not right.", errors=parts)


def schema_of(fields: Mapping[str, Field], *, needed: Iterable[str], name: str = "") -> Schema:
    shown = {each: field.schema for each, field in fields.items()}
    return schemas.record(shown, needed=needed, name=name)


def a_text(said: str = "", *, most: int, least: int = 1) -> Field:
    def read(given: Any) -> str:
        text = given.strip() if isinstance(given, str) else None
        if text is None or not least <= len(text) <= most:
            raise NotReadable(f"It is no text of {least} to {most} characters.")
        return text

    return Field(schemas.text(said, most=most), read)


def a_name(said: str = "", *, most: int) -> Field:
    """In which all is seen."""
    text = a_text(said, most=most)

    def read(given: Any) -> str:
        name: str = text.read(given)
        if hidden := hidden_in(name):
            raise NotReadable(hidden)
        return name

    return Field(text.schema, read)


def a_flag(said: str = "") -> Field:
    def read(given: Any) -> bool:
        if not isinstance(given, bool):
            raise NotReadable("It is not true or false.")
        return given

    return Field(schemas.BOOLEAN | ({"description": said} if said else {}), read)


def a_number(said: str = "", *, least: int, most: int) -> Field:
    def read(given: Any) -> int:
        if type(given) is not int or not least <= given <= most:
            raise NotReadable(f"It is no number from {least:,} to {most:,}.")
        return given

    return Field(schemas.or_null(schemas.whole(said, least=least, most=most)), read)


def a_choice(values: Iterable[str], said: str = "") -> Field:
    known = [value for value in values if value]

    def read(given: Any) -> str:
        if given not in known:
            raise NotReadable(f"It is none of {', '.join(known)}.")
        return str(given)

    return Field(schemas.one_of(known, said), read)


def a_moment(said: str = "") -> Field:
    def read(given: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(given) if isinstance(given, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 2199:
            raise NotReadable("It is no moment with its zone, like 2026-12-31T18:00:00+05:30.")
        return moment

    return Field(schemas.or_null(schemas.moment(said)), read)


def a_day(said: str = "") -> Field:
    def read(given: Any) -> date:
        try:
            day = date.fromisoformat(given) if isinstance(given, str) else None
        except ValueError:
            day = None
        if day is None or given != day.isoformat():
            raise NotReadable("It is no day, like 2026-12-31.")
        return day

    schema: Schema = {"type": "string", "format": "date"}
    return Field(schema | ({"description": said} if said else {}), read)


def a_clock(said: str = "") -> Field:
    def read(given: Any) -> time:
        try:
            clock = time.fromisoformat(given) if isinstance(given, str) else None
        except ValueError:
            clock = None
        if clock is None or clock.tzinfo or clock.microsecond:
            raise NotReadable("It is no time of the day, like 21:30.")
        return clock

    return Field(schemas.or_null(schemas.text(said, example="21:30")), read)


def an_object(schema: Schema) -> Field:
    """Read by whoever knows what belongs into it."""

    def read(given: Any) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise NotReadable("It is not an object.")
        return given

    return Field(schemas.or_null(schema), read)


def a_list(schema: Schema, *, most: int) -> Field:
    """As `an_object`."""

    def read(given: Any) -> list[Any]:
        if not isinstance(given, list):
            raise NotReadable("It is not a list.")
        if len(given) > most:
            raise NotReadable(f"It holds more than {most:,}.")
        return given

    return Field(schemas.list_of(schema, most=most), read)


def flaws_in(given: Any, path: str = "") -> list[WrongPart]:
    """Of all texts within, those that can't be kept."""
    return [
        WrongPart(at[:LONGEST_SHOWN], "wrong_value", why)
        for at, text in _texts(given, path)
        if (why := flaw_of(text))
    ]


def flaw_of(text: str) -> str:
    """Why PostgreSQL or a template can't take it."""
    if len(text) > LONGEST_TEXT:
        return f"It has more than {LONGEST_TEXT:,} characters."
    # Half of a surrogate pair is no character.
    is_broken = "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)
    return "It has a character that can't be kept." if is_broken else ""


def _texts(given: Any, path: str) -> Iterator[tuple[str, str]]:
    """Names, too."""
    if isinstance(given, str):
        yield path, given
    elif isinstance(given, list):
        for number, each in enumerate(given):
            yield from _texts(each, _within(path, str(number)))
    elif isinstance(given, dict):
        for name, each in given.items():
            yield path, name
            yield from _texts(each, _within(path, name))


def _within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
