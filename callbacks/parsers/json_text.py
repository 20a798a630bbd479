"""JSON from strangers: never an unforeseen exception, no slow numbers, no NaN."""

import json
import re

MOST_DIGITS = 40

# errorCode is zero-padded; written without quotes (026, 00a) it is not JSON.
_BARE_CODE = re.compile(r'("err(?:or)?Code"\s*:\s*)(0\w+)', re.ASCII)


class NotJson(Exception):  # noqa: N818
    """Says where the text stops being JSON; repeats nothing of it."""


def _whole_number(digits: str) -> int | None:
    """None for a number that no field of ours can hold: int() takes quadratic time."""
    return int(digits) if len(digits) <= MOST_DIGITS else None


_DECODER = json.JSONDecoder(
    strict=False, parse_int=_whole_number, parse_constant=lambda _constant: None
)


def decoded(text: str) -> object:
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except json.JSONDecodeError as error:
        problem = f"not valid JSON at line {error.lineno}, column {error.colno}"
    if _BARE_CODE.search(text) is None:
        raise NotJson(problem)
    return _decoded_after_repair(text, problem)


def _decoded_after_repair(text: str, problem: str) -> object:
    try:
        return _DECODER.decode(_BARE_CODE.sub(r'\1"\2"', text))
    except (RecursionError, json.JSONDecodeError):
        raise NotJson(problem) from None


def problem_of(text: str) -> str:
    """Why a text gives no list of elements."""
    try:
        decoded(text)
    except NotJson as problem:
        return str(problem)
    return "JSON, but holds nothing known"


def end_of_json(text: str, start: int) -> int | None:
    """Where the JSON value that starts there ends; None where it is none."""
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (RecursionError, json.JSONDecodeError):
        return None


def structured(value: object) -> object:
    """An object or list as it is, or out of the text that holds it; else None."""
    if isinstance(value, dict | list):
        return value
    if type(value) is not str or not value.lstrip().startswith(("{", "[")):
        return None
    try:
        return decoded(value)
    except NotJson:
        return None


def raw_text(value: object) -> str | None:
    """The value as text, as it came where it came as text."""
    if value is None or type(value) is str:
        return value
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return None
