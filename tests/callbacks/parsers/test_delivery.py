import pytest

from callbacks.parsers import Rejected
from tests.callbacks.parsers.parsing import parsed, report


@pytest.mark.parametrize(
    ("external_id", "own", "msg_id"),
    [
        ("4687162516402008133-497817541934555810", None, "497817541934555810"),
        ("5145722132009541678-004352f6-0511-4d73-be33", None, "004352f6-0511-4d73-be33"),
        ("5145722132009541678-71-2", "71-3", "71-3"),
        ("5145722132009541678-71-2", 71, "71"),
        ("5145722132009541678-71-2", " ", "71-2"),
        ("5145722132009541678", None, None),
        ("5145722132009541678-", None, None),
    ],
)
def test_the_message_id_is_the_reports_own_or_what_follows_the_first_dash(
    external_id: str, own: object, msg_id: str | None
) -> None:
    assert report(externalId=external_id, msg_id=own).msg_id == msg_id


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("SENT", "sent"),
        ("DELIVERED", "delivered"),
        ("READ", "read"),
        ("FAILED", "failed"),
        ("read", "read"),
        (" Delivered ", "delivered"),
        ("SUCCESS", "delivered"),
        ("FAILURE", "failed"),
        ("SUBMITTED", "sent"),
        ("DELIVRD", "delivered"),
        ("UNDELIV", "failed"),
        ("EXPIRED", "failed"),
    ],
)
def test_the_gateways_words_become_ours(word: str, status: str) -> None:
    found = report(eventType=word)
    assert (found.status, found.cause) == (status, None)


@pytest.mark.parametrize(
    ("word", "cause", "kept"),
    [
        ("UNKNOWN", None, "UNKNOWN"),
        ("Withdrawn", "", "Withdrawn"),
        ("Withdrawn", "OTHER", "OTHER"),
        (7, None, "7"),
    ],
)
def test_an_unknown_word_is_no_verdict_and_is_kept_as_the_cause(
    word: object, cause: object, kept: str
) -> None:
    found = report(eventType=word, cause=cause)
    assert (found.status, found.cause) == ("unknown", kept)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"errorCode": "026"}, "026"),
        ({"errorCode": "00a"}, "00a"),
        ({"errorCode": 26}, "026"),
        ({"errorCode": 0}, "000"),
        ({"errorCode": 101}, "101"),
        ({"errCode": "003"}, "003"),
        ({"errorCode": "", "errCode": "003"}, "003"),
        ({"errorCode": None}, None),
        ({"errorCode": True}, None),
        ({}, None),
    ],
)
def test_a_code_is_text_of_three_places_under_either_name(
    fields: dict[str, object], code: str | None
) -> None:
    assert report(**fields).code == code


def test_a_code_without_quotes_does_not_cost_the_batch() -> None:
    body = b'[{"externalId":"1-2","eventType":"READ","errorCode" : 026},{"externalId":"1-3",'
    found = parsed(body + b'"eventType":"FAILED","errCode":00a, "cause":"OTHER"}]')
    assert [fact.code for fact in found.facts if fact.kind == "delivery"] == ["026", "00a"]


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ("919000011122", "919000011122"),
        ("+919000011122", "919000011122"),
        (" 919000011122", "919000011122"),
        ("+91 90000-11122", "919000011122"),
        (919000011122, "919000011122"),
        (919000011122.0, "919000011122"),
        ("91XXXXXXXXXX", None),
        ("IN.134912086553027", None),
        ("٩١٩٠٠٠٠١١١٢٢", None),
        ("9" * 16, None),
        ("", None),
        (True, None),
        (["919000011122"], None),
    ],
)
def test_a_phone_is_digits_or_nothing(value: object, phone: str | None) -> None:
    assert report(destAddr=value).phone == phone


@pytest.mark.parametrize(
    ("value", "extra"),
    [
        ("7|1658264893|20220720|71|0", "7|1658264893|20220720|71|0"),
        (None, None),
        ("", None),
        ({"order": 7}, '{"order":7}'),
        ("x" * 500, "x" * 200),
    ],
)
def test_extra_is_carried_and_not_read(value: object, extra: str | None) -> None:
    assert report(extra=value).extra == extra


NEEDED = "a delivery report needs externalId and eventType (status by GET)"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"eventType": "READ", "extra": "7|1|1|1|0"}, "externalId is missing or empty"),
        ({"eventType": "READ", "externalId": " "}, "externalId is missing or empty"),
        ({"eventType": "READ", "externalId": ["1-2"]}, "externalId is missing or empty"),
        (
            {"eventType": "READ", "externalId": "1" * 101},
            "externalId is longer than 100 characters",
        ),
        ({"externalId": "1-2"}, "eventType is missing or empty"),
        ({"externalId": "1-2", "eventType": {"x": 1}}, "eventType is missing or empty"),
    ],
)
def test_a_report_without_what_it_needs_is_rejected(row: dict[str, object], reason: str) -> None:
    found = parsed(row)
    assert found.kind == "delivery"
    assert (found.facts, found.rejected) == ((), (Rejected(0, f"{reason}: {NEEDED}"),))
