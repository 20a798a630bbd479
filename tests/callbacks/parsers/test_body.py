import gzip
import json
import re
from urllib.parse import quote, quote_plus, urlencode

import pytest

from callbacks.parsers import DeliveryReport, Inbound
from callbacks.parsers.body import form_fields
from tests.callbacks.parsers.parsing import ARRIVED, only_fact, parsed, report

ROW = {
    "externalId": "4687162516402008133-71-1",
    "eventType": "READ",
    "eventTs": 1658264959000,
    "extra": "7|1658264893|20220720|71|0",
    "cause": 'Ünï "quoted" {x} 50% + 1 & more',
}
ROWS = [ROW, {**ROW, "eventType": "DELIVERED"}]
TEXT = json.dumps(ROWS)

TRANSPORTS = {
    "form, blanks as plus": b"response=" + quote_plus(TEXT).encode(),
    "form, blanks as %20": b"response=" + quote(TEXT, safe="").encode(),
    "form, lower-case escapes": b"response="
    + re.sub("%..", lambda escape: escape[0].lower(), quote(TEXT, safe="")).encode(),
    "form, JSON as it stands": b"response=" + json.dumps(ROWS, ensure_ascii=False).encode(),
    "form, after other fields": b"a=KEY&x=%5B&response=" + quote_plus(TEXT).encode() + b"&y=1",
    "form, JSON as it stands between others": b"x=1&response=" + TEXT.encode() + b"&y=[2",
    "form, an object inside": b"response=" + quote_plus(json.dumps({"response": ROWS})).encode(),
    "JSON list": TEXT.encode(),
    "JSON list after a byte order mark and blanks": b"\xef\xbb\xbf \r\n\t" + TEXT.encode() + b"\n",
    "JSON object": json.dumps({"response": ROWS}).encode(),
    "JSON object holding text": json.dumps({"mobile": None, "response": TEXT}).encode(),
    "JSON object holding text of an object": json.dumps(
        {"response": json.dumps({"response": ROWS})}
    ).encode(),
    "as printed in a log": b"[response:" + TEXT.encode() + b"]",
}


@pytest.mark.parametrize("content_type", ["", "application/json", "text/html; charset=x", "\0"])
@pytest.mark.parametrize("body", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_a_batch_is_the_same_in_every_transport_whatever_its_content_type(
    body: bytes, content_type: str
) -> None:
    assert parsed(body, content_type=content_type) == parsed(ROWS)


def test_a_batch_has_a_fact_for_each_report() -> None:
    causes = [fact.cause for fact in parsed(ROWS).facts if isinstance(fact, DeliveryReport)]
    assert causes == [ROW["cause"], ROW["cause"]]


FLAT = {
    "externalId": "12-34",
    "status": "SUCCESS",
    "deliveredTS": "1658264959000",
    "cause": "SUCCESS",
    "phoneNo": "+919000011122",
    "errCode": "000",
    "mask": "TESTSM",
}


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (urlencode(FLAT).encode(), ""),
        (b"", urlencode(FLAT)),
        (b"", "a=KEY&" + urlencode(FLAT)),
        (b"", "a=KEY?" + urlencode(FLAT)),
        (b"", "?" + urlencode(FLAT)),
        (b" \n", urlencode(FLAT)),
        (b"nothing of ours", "a=KEY?" + urlencode(FLAT)),
        (b'{"nothing": "of ours"}', urlencode(FLAT)),
        # The plus was not encoded, and so became a blank.
        (urlencode(FLAT).replace("%2B", "+").encode(), ""),
        (json.dumps(FLAT).encode(), ""),
    ],
)
def test_flat_fields_with_the_names_of_a_get_are_one_report(body: bytes, query: str) -> None:
    assert only_fact(body, query=query) == DeliveryReport(
        external_id="12-34",
        msg_id="34",
        extra=None,
        status="delivered",
        cause="SUCCESS",
        code="000",
        phone="919000011122",
        at=parsed(ROWS).facts[0].at,
    )


def test_a_second_question_mark_inside_a_text_is_left_alone() -> None:
    query = "a=KEY?waNumber=919000000001&mobile=919000011122&type=text&text=who?why=not"
    fact = only_fact(query=query)
    assert isinstance(fact, Inbound)
    assert fact.text == "who?why=not"


@pytest.mark.parametrize("name", ["José", "JosÃ©", "Jos%C3%A9"])
def test_a_query_may_come_from_wsgi_a_command_line_or_percent_encoded(name: str) -> None:
    fact = only_fact(query=f"waNumber=1&mobile=2&type=text&text=x&name={name}")
    assert isinstance(fact, Inbound)
    assert fact.name == "José"


@pytest.mark.parametrize(
    "where",
    [
        {"query": "a=SECRET?" + urlencode(FLAT)},
        {"query": "%61=SECRET&type=a&mobile=919000011122&waNumber=1"},
        {"query": "type=a&mobile=919000011122&a=SECRET"},
        {"body": b"type=a&mobile=919000011122&a=SECRET"},
        {"body": b"a=SECRET&response=" + quote_plus(TEXT).encode()},
        {"query": "a=SECRET"},
        {"query": "a=SECRET?x=1"},
    ],
)
def test_the_callback_key_gets_into_no_fact_and_no_reason(where: dict[str, object]) -> None:
    assert "SECRET" not in repr(parsed(where.get("body", b""), query=str(where.get("query", ""))))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("", {"": ""}),
        ("x=1&x=2", {"x": "2"}),
        ("x", {"x": ""}),
        ("x=a+b%20c%2Bd%zz%2", {"x": "a b c+d%zz%2"}),
        ("x=%252522", {"x": "%2522"}),
        ("x=" + "%252522" * 60, {"x": "%2522" * 60}),
        ("x=" + "%22%7b%5d+%2B%25" * 20, {"x": '"{] +%' * 20}),
        ("x=[1,2]&y={", {"x": "[1,2]", "y": "{"}),
        ("a=KEY&b=1", {"b": "1"}),
    ],
)
def test_a_form_is_decoded_once(text: str, fields: dict[str, str]) -> None:
    assert form_fields(text) == fields


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the request is empty"),
        (b"hello", "the body is neither JSON nor a form with known fields"),
        (b"hello=world", "the body is neither JSON nor a form with known fields"),
        (b'{"a":\n [1,}', "the body starts like JSON, but is not valid JSON at line 2, column 5"),
        (b"[" * 100_000, "the body starts like JSON, but is nested too deeply"),
        (b'{"hello": 1}', "the body is JSON of an unknown shape"),
        (b"[]", "the body is JSON of an unknown shape"),
        (b"response=[1", "the field `response` is not valid JSON at line 1, column 3"),
        (b"response=" + b"[" * 100_000, "the field `response` is nested too deeply"),
        (b"response=[]", "the field `response` is JSON, but holds nothing known"),
        (b"statuses=zzz", "the field `statuses` is not valid JSON at line 1, column 1"),
        (gzip.compress(TEXT.encode()), "the body is compressed with gzip, which is not read"),
        (b"<xml/>", "the body looks like XML or HTML, which is not read"),
    ],
)
def test_what_is_not_understood_says_why_and_what_was_expected(body: bytes, reason: str) -> None:
    result = parsed(body)
    assert (result.kind, result.facts) == ("unknown", ())
    (rejected,) = result.rejected
    assert rejected.index == 0
    assert rejected.reason == (
        f"{reason}: expected a delivery report (externalId, eventType), a click (gsurl, "
        "originalURL) or `statuses`, an inbound message (waNumber or mobile, type) or an account "
        "event (field)"
    )


def test_a_multipart_form_is_named() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="response"\r\n\r\n[]\r\n--x--\r\n'
    result = parsed(body, content_type="multipart/form-data; boundary=x")
    assert result.rejected[0].reason.startswith("the body is a multipart form, which is not read:")


def test_a_report_without_a_time_has_the_time_of_arrival() -> None:
    assert report().at == ARRIVED
