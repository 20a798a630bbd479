"""Every shape in which the gateway answers, and what it means to the caller."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.gateway.answers import Reply, read_answer
from providers.gateway.codes import SendCode, learnt_code
from providers.gateway.requests import Credentials, GatewayRequest, OptIn, SessionText
from providers.gateway.results import Answer, Scope, Verdict
from providers.gateway.shapes import SUCCESS_WORDS, read_entry
from providers.gateway.troubles import Trouble

LOGIN = Credentials(user_id="2000000001", password="s3cret/word")
MESSAGE = SessionText(phone="919000000011", text="Hello", msg_id="7-1", extra="0|0|0|7|0")
LONG_ID = "5145722132009541678-7-1"
SUCCESS = {"id": LONG_ID, "phone": "919000000011", "details": "", "status": "success"}


def answer_to(
    body: str | bytes | dict[str, Any],
    *,
    status: int = 200,
    request: GatewayRequest = MESSAGE,
    codes: dict[str, SendCode] | None = None,
) -> Answer:
    raw = json.dumps(body) if isinstance(body, dict) else body
    content = raw.encode() if isinstance(raw, str) else raw
    reply = Reply(http_status=status, body=content, seconds=0.25)
    return read_answer(reply, request, LOGIN, codes or {})


def outcome(answer: Answer) -> tuple[Verdict, str, str | None]:
    return answer.verdict, answer.code, answer.external_id


def test_a_success_is_accepted_with_its_id_status_time_and_text() -> None:
    assert answer_to({"response": SUCCESS}) == Answer(
        verdict=Verdict.ACCEPTED,
        external_id=LONG_ID,
        http_status=200,
        seconds=0.25,
        body=json.dumps({"response": SUCCESS}),
    )


def test_an_error_is_refused_with_its_code_and_details() -> None:
    body = {"response": {"id": "105", "phone": "", "details": "Invalid number", "status": "error"}}
    assert answer_to(body) == Answer(
        verdict=Verdict.REFUSED,
        code="105",
        detail="Invalid number",
        scope=Scope.RECIPIENT,
        http_status=200,
        seconds=0.25,
        body=json.dumps(body),
    )


@pytest.mark.parametrize(
    "body",
    [
        {"response": SUCCESS | {"status": "SUCCESS"}},
        {"response": SUCCESS | {"status": " submitted "}},
        {"response": SUCCESS, "data": {"response_messages": [SUCCESS]}},
        {"response": SUCCESS | {"status": "error"}, "data": {"response_messages": [SUCCESS]}},
        {"response": SUCCESS, "data": {"response_messages": []}},
        {"response": SUCCESS, "data": {"response_messages": [SUCCESS, SUCCESS]}},
        {"data": {"response": SUCCESS}},
        SUCCESS,
        f"success | 919000000011 | {LONG_ID}",
        f"success|919000000011|{LONG_ID}\n",
        f"  SUCCESS |919000000011  |   {LONG_ID}  \r\n",
        "\ufeff" + json.dumps({"response": SUCCESS}),
    ],
)
def test_success_in_any_shape_is_accepted(body: Any) -> None:
    assert outcome(answer_to(body)) == (Verdict.ACCEPTED, "", LONG_ID)


@pytest.mark.parametrize(
    "body",
    [
        {"response": {"id": "102", "details": "no", "status": "error"}},
        {"response": {"id": 102, "details": None, "status": "Error"}},
        {"response": {"id": "", "code": "102", "details": "no", "status": "error"}},
        {"response": {"id": LONG_ID, "code": 102, "details": "no", "status": "error"}},
        {"response": SUCCESS, "data": {"response_messages": [{"id": "102", "status": "error"}]}},
        {"data": {"status": "error", "id": "102", "details": "no"}},
        {"id": "102", "status": "error", "details": "no"},
        "error | 102 | no",
        "error|102|no | really no\n",
        "error: 102: no",
        "Error | 102",
    ],
)
def test_an_error_in_any_shape_stops_the_account_on_wrong_credentials(body: Any) -> None:
    answer = answer_to(body)
    assert (outcome(answer), answer.scope) == ((Verdict.REFUSED, "102", None), Scope.ACCOUNT)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "   \n",
        "success",
        "success: 919000000011: 1",
        "success | 919000000011",
        "error",
        "ok | 919000000011 | 1",
        "<html><body>down</body></html>",
        "null",
        "[]",
        '"success"',
        "{",
        "{}",
        '{"response": null}',
        '{"response": "success"}',
        '{"response": [{"status": "success"}]}',
        '{"response": {"status": true, "id": "1"}}',
        '{"response": {"status": ["success"]}}',
        '{"response": {"id": "105"}}',
        '{"response": {"status": "queued", "id": "1"}}',
        '{"data": {"response_messages": "success"}, "response": {"status": "success"}}',
        '{"data": {"response_messages": [null]}, "response": {"status": "success"}}',
        "[" * 100_000,
        '{"a":' * 100_000,
        b"\xff\xfe\x00garbage",
        f"success | 919000000011 | {LONG_ID}\nerror | 105 | no",
        "<response><status>success</status></response>",
        "x" * 200_000,
    ],
)
def test_whatever_else_stands_in_a_200_leaves_the_message_in_doubt(body: Any) -> None:
    assert outcome(answer_to(body)) == (Verdict.IN_DOUBT, "unreadable", None)


def test_numbers_that_disagree_leave_the_message_in_doubt() -> None:
    inner = [SUCCESS, {"id": "105", "status": "error"}]
    body = {"response": SUCCESS, "data": {"response_messages": inner}}
    assert outcome(answer_to(body)) == (Verdict.IN_DOUBT, "unreadable", None)


@pytest.mark.parametrize("status", [429, 503])
def test_throttled_and_overloaded_are_tried_again_more_slowly(status: int) -> None:
    answer = answer_to("<html>busy</html>", status=status)
    assert (outcome(answer), answer.slow_down) == ((Verdict.RETRY, f"http_{status}", None), True)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 408, 413, 500, 502, 504, 520])
def test_other_statuses_without_a_verdict_leave_the_message_in_doubt(status: int) -> None:
    answer = answer_to("<html>no</html>", status=status)
    assert (outcome(answer), answer.scope) == ((Verdict.IN_DOUBT, f"http_{status}", None), None)


@pytest.mark.parametrize("status", [401, 403])
def test_being_turned_away_at_the_door_points_at_the_whole_account(status: int) -> None:
    answer = answer_to("Forbidden", status=status)
    assert (outcome(answer), answer.scope) == (
        (Verdict.IN_DOUBT, f"http_{status}", None),
        Scope.ACCOUNT,
    )


def test_a_readable_error_counts_under_a_400_too() -> None:
    body = {"response": {"id": "101", "details": "msg missing", "status": "error"}}
    answer = answer_to(body, status=400)
    assert (outcome(answer), answer.scope) == ((Verdict.REFUSED, "101", None), Scope.MESSAGE)


@pytest.mark.parametrize("status", [302, 400, 429, 500, 502, 503, 504])
def test_a_success_under_an_error_status_is_never_accepted(status: int) -> None:
    assert answer_to({"response": SUCCESS}, status=status).verdict is not Verdict.ACCEPTED


def test_an_error_under_a_5xx_is_not_believed() -> None:
    answer = answer_to("error | 105 | no", status=500)
    assert outcome(answer) == (Verdict.IN_DOUBT, "http_500", None)


def test_a_repeated_opt_in_counts_as_done() -> None:
    answer = answer_to("error | 322 | already", request=OptIn("919000000011"))
    assert (outcome(answer), answer.scope) == ((Verdict.ACCEPTED, "322", None), None)


def test_the_same_code_for_a_message_is_an_unknown_refusal() -> None:
    answer = answer_to("error | 322 | already")
    assert (outcome(answer), answer.scope) == ((Verdict.REFUSED, "322", None), Scope.UNKNOWN)


def test_an_internal_error_may_be_tried_again() -> None:
    answer = answer_to("error | 100 | try later")
    assert (outcome(answer), answer.slow_down) == ((Verdict.RETRY, "100", None), False)


def test_an_unknown_code_is_kept_and_refused_for_who_knows_whom() -> None:
    answer = answer_to("error | 313 | Access denied")
    assert (outcome(answer), answer.detail, answer.scope) == (
        (Verdict.REFUSED, "313", None),
        "Access denied",
        Scope.UNKNOWN,
    )


def test_a_code_that_the_operator_has_learnt_goes_before_the_table() -> None:
    codes = {"313": learnt_code("313", Trouble.IP_REFUSED, meaning="", way_out="")}
    answer = answer_to("error | 313 | Access denied", codes=codes)
    assert (outcome(answer), answer.scope) == ((Verdict.REFUSED, "313", None), Scope.ACCOUNT)


def test_a_status_can_be_learnt_too() -> None:
    codes = {"http_403": learnt_code("http_403", Trouble.IP_REFUSED, meaning="", way_out="")}
    answer = answer_to("<html>", status=403, codes=codes)
    assert (outcome(answer), answer.scope) == ((Verdict.REFUSED, "http_403", None), Scope.ACCOUNT)


def test_a_success_without_an_id_is_accepted_without_one() -> None:
    assert outcome(answer_to({"response": {"status": "success"}})) == (Verdict.ACCEPTED, "", None)


def test_credentials_echoed_in_an_answer_are_blotted_out() -> None:
    echoed = "error | 101 | userid=2000000001&password=s3cret%2Fword or s3cret/word"
    answer = answer_to(echoed)
    assert answer.detail == "userid=•••&password=••• or •••"
    assert answer.body == "error | 101 | userid=•••&password=••• or •••"


def test_a_password_at_the_edge_of_what_is_kept_leaves_no_half() -> None:
    answer = answer_to("error | 101 | " + "x" * (4096 - 20) + "s3cret/word")
    assert "s3c" not in answer.body
    assert len(answer.body) <= 4096


def test_what_postgresql_cannot_hold_is_taken_out() -> None:
    body = r'{"response": {"id": "1\u0000\ud800", "status": "success"}}'
    assert answer_to(body).external_id == "1?"


def test_a_long_answer_is_shortened() -> None:
    body = {"response": {"id": "9" * 500, "details": "", "status": "success"}, "more": "x" * 9000}
    answer = answer_to(body)
    assert (len(answer.body), len(answer.external_id or "")) == (4096, 128)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
words = st.sampled_from(["success", "error", "SUCCESS", "submitted", "failed", "", "175"])
entries = st.fixed_dictionaries(
    {}, optional={"status": words | json_values, "id": json_values, "details": json_values}
)
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "response": entries | json_values,
        "data": st.fixed_dictionaries({"response_messages": st.lists(entries | json_values)})
        | json_values,
        "status": words | json_values,
        "id": json_values,
    },
)
lines = st.builds(" | ".join, st.lists(words | st.text(), max_size=4))
bodies = (
    st.binary()
    | st.text().map(lambda text: text.encode("utf-8", "replace"))
    | lines.map(lambda line: line.encode("utf-8", "replace"))
    | envelopes.map(lambda envelope: json.dumps(envelope).encode())
)


@given(body=bodies, status=st.integers(min_value=100, max_value=599))
def test_no_answer_breaks_the_reader_and_only_success_is_accepted(body: bytes, status: int) -> None:
    answer = answer_to(body, status=status)
    text = body.decode("utf-8", "replace").lower()
    if answer.verdict is Verdict.ACCEPTED:
        assert 200 <= status < 300
        assert any(word in text for word in SUCCESS_WORDS)
    stored = f"{answer.external_id}{answer.code}{answer.detail}{answer.body}"
    assert "\x00" not in stored
    stored.encode()
    assert len(answer.body) <= 4096
    assert (answer.scope is None) or answer.verdict in (Verdict.REFUSED, Verdict.IN_DOUBT)


@given(st.text())
def test_any_text_has_an_entry_or_none(text: str) -> None:
    entry = read_entry(text)
    assert entry is None or isinstance(entry.accepted, bool)
