"""The body of a call → what it says, or a problem that names what is wrong.

Whatever it is, it costs no more memory and time than a body of its size may."""

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from itertools import islice
from math import inf
from typing import Any, NoReturn

from django.http import HttpRequest
from rest_framework.request import Request

from providers.api.problems import UNREADABLE, Problem, WrongPart
from providers.api_keys.ceilings import Weight

MOST_BYTES = 5 * 1024 * 1024  # unpacked, too
DEEPEST = 20
# An empty list takes twenty times the memory that it takes in a body, a name thirty times.
MOST_PARTS, MOST_NAMES = 100_000, 1_000
MOST_WRONG, LONGEST_SHOWN = 100, 100  # names in an answer, and characters of each
BAD, WRONG = HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY
TYPES = {
    dict: "an object",
    list: "a list",
    bool: "true or false",
    str: "a text",
    int: "a whole number",
}

# The `Weight` of a request's body. No header can be called so.
WEIGHT = "kabootar.weight"

AnyRequest = Request | HttpRequest

NOT_JSON = "Send JSON, with the header “Content-Type: application/json”."
PACKED = "Send the body as it is, or packed with gzip. Nothing else is unpacked."
NO_LENGTH = "Send the body with a Content-Length, not in chunks."
TOO_LARGE = "A body has at most 5 MiB, also when it is unpacked. Send less at once."
BROKEN_GZIP = "The body says that it is packed with gzip, but can't be unpacked."
BROKEN = "The body is no JSON: {what}."
TOO_DEEP = f"The body is nested deeper than {DEEPEST} levels."
TOO_MANY_PARTS = (
    f"The body has more than {MOST_PARTS:,} lists and objects in it. Send less at once."
)
TOO_MANY_NAMES = f"One object has more than {MOST_NAMES:,} names."
NO_OBJECT = "The body is no JSON object."
TOO_MUCH_AT_ONCE = (
    "Other calls with large bodies are under way. Make this one when they have ended, or send less "
    "in each."
)


def read_object(request: AnyRequest) -> dict[str, Any]:
    """Raises Problem."""
    if not is_json(request.META):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "body.not_json", NOT_JSON)
    text = unpacked(request)
    weight: Weight | None = request.META.get(WEIGHT)
    if weight and not weight.begin(len(text)):
        status, headers = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "1"}
        raise Problem(status, "key.too_many", TOO_MUCH_AT_ONCE, headers=headers)
    return object_in(text)


def is_json(meta: Mapping[str, Any]) -> bool:
    """Whether a body is said to be."""
    kind: str = meta.get("CONTENT_TYPE") or ""
    return kind.partition(";")[0].strip().lower() == "application/json"


def object_in(text: bytes) -> dict[str, Any]:
    """Raises Problem."""
    found = _parsed(text)
    if not isinstance(found, dict):
        raise Problem(BAD, "body.no_object", NO_OBJECT)
    return found


def read_fields(
    body: Mapping[str, Any], fields: Mapping[str, type], *, needed: Iterable[str]
) -> dict[str, Any]:
    """All of them of their types, and none besides. Raises Problem, which names each wrong one."""
    unknown = islice((name for name in body if name not in fields), MOST_WRONG)
    wrong = [
        WrongPart(_shown(name), "unknown_field", "There is no such field here.") for name in unknown
    ]
    wrong += [
        WrongPart(name, "missing", "It is needed.") for name in needed if body.get(name) is None
    ]
    wrong += [
        WrongPart(name, "wrong_type", f"It is not {TYPES[kind]}.")
        for name, kind in fields.items()
        if body.get(name) is not None and type(body[name]) is not kind
    ]
    if wrong:
        raise Problem(WRONG, "body.wrong", "Some fields are not right.", errors=wrong)
    return {name: body[name] for name in fields if body.get(name) is not None}


def unpacked(request: AnyRequest) -> bytes:
    """Raises Problem."""
    raw = _raw(request)
    match request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower():
        case "" | "identity":
            return raw
        case "gzip":
            return _from_gzip(raw)
    raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "body.packed", PACKED)


def announced_bytes(meta: Mapping[str, Any]) -> float:
    """Without end for a packed one: nobody knows what it becomes."""
    return inf if "HTTP_CONTENT_ENCODING" in meta else sent_bytes(meta)


def sent_bytes(meta: Mapping[str, Any]) -> int:
    """Of a body as it comes, packed or not; 0 where nobody says."""
    announced = meta.get("CONTENT_LENGTH") or ""
    # Longer ones would take int() long.
    return int(announced[:20]) if announced.isascii() and announced.isdigit() else 0


def _raw(request: AnyRequest) -> bytes:
    if not request.META.get("CONTENT_LENGTH") and "HTTP_TRANSFER_ENCODING" in request.META:
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "body.no_length", NO_LENGTH)
    length = sent_bytes(request.META)
    if length > MOST_BYTES:
        raise _too_large()
    raw: bytes = request.body
    if len(raw) < length:
        raise Problem(BAD, "request.unreadable", UNREADABLE)
    return raw


def _from_gzip(raw: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = unpacking.decompress(raw, MOST_BYTES + 1)
    except zlib.error:
        raise Problem(BAD, "body.broken_gzip", BROKEN_GZIP) from None
    if len(body) > MOST_BYTES:
        raise _too_large()
    if not unpacking.eof or unpacking.unused_data:
        raise Problem(BAD, "body.broken_gzip", BROKEN_GZIP)
    return body


def _too_large() -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body.too_large", TOO_LARGE)


def _parsed(body: bytes) -> object:
    if body.count(b"[") + body.count(b"{") > MOST_PARTS:
        raise Problem(BAD, "body.too_many_parts", TOO_MANY_PARTS)
    try:
        parsed = json.loads(
            body.decode(), object_pairs_hook=_without_doubles, parse_constant=_no_number
        )
    except UnicodeDecodeError:
        raise _broken("it is not in UTF-8") from None
    except json.JSONDecodeError as error:
        raise _broken(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except ValueError:  # of thousands of digits
        raise _broken("a number in it is too long") from None
    except RecursionError:
        raise Problem(BAD, "body.too_deep", TOO_DEEP) from None
    _check_depth(parsed)
    return parsed


def _broken(what: str) -> Problem:
    return Problem(BAD, "body.broken", BROKEN.format(what=what))


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values for one name nobody knows which is meant."""
    if len(pairs) > MOST_NAMES:
        raise Problem(BAD, "body.too_many_names", TOO_MANY_NAMES)
    made = dict(pairs)
    if len(made) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = counted.most_common(1)[0][0]
        words = f"“{_shown(twice)}” stands twice in one object."
        raise Problem(BAD, "body.double_name", words)
    return made


def _shown(name: str) -> str:
    """In an answer; half a sign, which JSON may hold, can't be sent."""
    return name[:LONGEST_SHOWN].encode(errors="replace").decode()


def _no_number(name: str) -> NoReturn:
    raise _broken(f"{name} is no number")


def _check_depth(parsed: object) -> None:
    level = [parsed] if isinstance(parsed, dict | list) else []
    for _ in range(DEEPEST):
        level = _within(level)
        if not level:
            return
    raise Problem(BAD, "body.too_deep", TOO_DEEP)


def _within(level: list[Any]) -> list[Any]:
    """Their objects and lists. JSON makes exactly these types, and to ask for them by `is` takes a
    third of the time that isinstance takes."""
    return [
        value
        for each in level
        for value in (each.values() if type(each) is dict else each)
        if type(value) is dict or type(value) is list
    ]
