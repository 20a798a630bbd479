"""Whatever comes, nothing is raised, the good neighbours go on, and PostgreSQL can store it."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callbacks.parsers import Parsed, parsed_as_json
from callbacks.parsers.values import PROSE
from tests.callbacks.parsers.parsing import parsed, payload_files

REPORT_KEYS = (
    "externalId",
    "eventType",
    "eventTs",
    "destAddr",
    "srcAddr",
    "cause",
    "errorCode",
    "errCode",
    "extra",
    "msg_id",
    "status",
    "deliveredTS",
    "phoneNo",
)
CLICK_KEYS = (
    "response",
    "statuses",
    "msgId",
    "url",
    "shortUrl",
    "timestamp",
    "userAgent",
    "error",
    "gsurl",
    "clickTime",
    "originalURL",
)
INBOUND_KEYS = (
    "msg_id_or_blank",
    "mobile",
    "waNumber",
    "name",
    "type",
    "text",
    "replyId",
    "messageId",
    "context",
)
CONTENT_KEYS = (
    "image",
    "document",
    "location",
    "button",
    "interactive",
    "contacts",
    "field",
    "event",
    "current_limit",
)
KEYS = (*REPORT_KEYS, *CLICK_KEYS, *INBOUND_KEYS, *CONTENT_KEYS)
WORDS = ("READ", "clicked", "text", "image", "button", "location", "1658264959000", "null", "a")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=30),
    st.text(st.sampled_from('\0\ud800\udfff\ufffe\U0010ffff{}[]\\"%&=+?'), max_size=10),
    st.sampled_from(WORDS),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
        inner.map(json.dumps),
    ),
    max_leaves=20,
)
queries = st.one_of(st.just(""), st.text(st.characters(), max_size=60), st.just("a=KEY?status=1"))


def assert_sound(result: Parsed) -> None:
    assert result.kind != "unknown" or (result.facts == () and result.rejected)
    for fact in result.facts:
        assert_storable(fact)
    for rejected in result.rejected:
        assert rejected.reason.isascii()
    json.dumps(parsed_as_json(result), allow_nan=False)


def assert_storable(value: object) -> None:
    if is_dataclass(value):
        for field in fields(value):
            assert_storable(getattr(value, field.name))
    elif isinstance(value, str):
        assert value
        assert len(value) <= PROSE
        assert "\0" not in value
        value.encode()
    elif isinstance(value, datetime):
        assert value.utcoffset() == timedelta(0)
        assert datetime(2015, 1, 1, tzinfo=UTC) <= value < datetime(2100, 1, 1, tzinfo=UTC)
    else:
        assert value is None or isinstance(value, float | bool)


@given(st.binary(max_size=300), queries)
@example(b"\x1f\x8b\x08\x00", "")
@example(b"\xff\xfe[\x00]\x00", "")
@example(b"response=%", "%=%?%&&&")
def test_any_bytes_are_survived(body: bytes, query: str) -> None:
    assert_sound(parsed(body, query=query))


@given(values, queries)
def test_any_json_is_survived(value: object, query: str) -> None:
    assert_sound(parsed(value, query=query))


@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=12))
def test_any_form_is_survived(form: dict[str, object]) -> None:
    pairs = (f"{name}={quote_plus(json.dumps(value))}" for name, value in form.items())
    assert_sound(parsed("&".join(pairs).encode()))
    texts = (f"{name}={value}" for name, value in form.items())
    assert_sound(parsed("&".join(texts).encode("utf-8", "replace")))


@given(st.data())
def test_any_damage_to_a_real_payload_is_survived(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(PAYLOAD_BYTES))
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, len(original)))
    patch = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from([*DAMAGE, original])))
    damaged = original[:start] + patch + original[end:]
    assert_sound(parsed(damaged))
    assert_sound(parsed(query=damaged.decode("latin-1")))


PAYLOAD_BYTES = [path.read_bytes() for path in payload_files()]
DAMAGE = [b"\\u0000", b"\\ud800", b"\0", b"NaN", b"9" * 400, b"[" * 2_000, b'"', b"&", b"%00", b"="]


@given(st.lists(values, max_size=5), st.integers(0, 5))
def test_a_good_report_survives_any_neighbours(neighbours: list[object], place: int) -> None:
    good = {"externalId": "12-34", "eventType": "READ", "eventTs": 1658264959000}
    (fact,) = parsed([good]).facts
    rows = [*neighbours[:place], good, *neighbours[place:]]
    result = parsed({"response": rows})
    assert fact in result.facts
    assert_sound(result)


@given(st.lists(values, max_size=3), values)
def test_every_element_is_either_a_fact_or_rejected(rows: list[object], last: object) -> None:
    result = parsed([*rows, last])
    assert len(result.facts) + len(result.rejected) == len(rows) + 1


MEGABYTE = 1024 * 1024
NESTED = (b"[", b"{", b'{"a":', b'[{"response":', b"[1,", b'x={"x":"&x=[",', b"a=[&", b'x=["&')
ENCODED = (b"%", b"%5B", b"%2522", b"&", b"=", b"?", b"+", b"\\", b"\0", b"\xff", b"\xe2\x80")
REPEATED = (b"1,", b'"', b" ", b"9", b'{"eventType":"READ"},', b'"errorCode":026,', b"response:[")


@pytest.mark.parametrize("unit", [*NESTED, *ENCODED, *REPEATED])
@pytest.mark.parametrize("prefix", [b"", b"[", b"response=", b'{"response":"', b'[{"eventTs":'])
def test_a_megabyte_of_anything_is_survived(prefix: bytes, unit: bytes) -> None:
    body = (prefix + unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
    assert_sound(parsed(body))


def test_nesting_inside_text_inside_fields_is_survived() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    for name in ("image", "interactive", "context", "statuses", "contacts", "button"):
        row = {"waNumber": "1", "mobile": "2", "type": name, name: deep}
        assert_sound(parsed(row))
    assert_sound(parsed(deep.encode()))
    assert_sound(parsed(f'{{"response":{deep}}}'.encode()))


def test_the_deepest_readable_json_can_still_be_kept_as_text() -> None:
    deep = "[" * 900 + "]" * 900
    assert_sound(parsed(f'{{"mobile":"2","type":"contacts","contacts":{deep}}}'.encode()))
