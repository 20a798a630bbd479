import json
from datetime import UTC, datetime

import pytest

from callbacks.parsers import Click, DeliveryReport, Rejected
from tests.callbacks.parsers.parsing import ARRIVED, PAYLOADS, only_fact, parsed

PAYLOAD = json.loads((PAYLOADS / "seed/click_tracking.json").read_text())
GENERIC = json.loads((PAYLOADS / "seed/generic_click.json").read_text())["statuses"][0]


def test_a_time_without_sense_becomes_the_time_of_arrival() -> None:
    fact = only_fact({**PAYLOAD, "clickTime": "tomorrow"})
    assert isinstance(fact, Click)
    assert fact.at == ARRIVED


@pytest.mark.parametrize("name", ["gsurl", "clickTime", "originalURL", "extra"])
@pytest.mark.parametrize("value", [None, "", "  ", [], True])
def test_a_click_without_a_mandatory_field_is_rejected(name: str, value: object) -> None:
    found = parsed({**PAYLOAD, name: value})
    assert (found.kind, found.facts) == ("click", ())
    assert found.rejected == (
        Rejected(
            0,
            f"{name} is missing or empty: a click needs gsurl, clickTime, originalURL and extra",
        ),
    )


def test_an_address_too_long_to_be_one_is_no_address() -> None:
    found = parsed({**PAYLOAD, "originalURL": "https://" + "x" * 4_096})
    assert (found.kind, found.facts, len(found.rejected)) == ("click", (), 1)


@pytest.mark.parametrize("name", ["msgId", "status", "url", "shortUrl"])
def test_a_generic_click_without_a_mandatory_field_is_rejected(name: str) -> None:
    found = parsed({"payloadVersion": 0.1, "statuses": [GENERIC, {**GENERIC, name: ""}]})
    needed = "a click in `statuses` needs msgId, status, url and shortUrl"
    assert [fact.kind for fact in found.facts] == ["click"]
    assert found.rejected == (Rejected(1, f"{name} is missing or empty: {needed}"),)


def test_the_generic_payload_also_carries_reports() -> None:
    row = {"msgId": "9|1|1|9|0", "status": "failed", "timestamp": 1733298876}
    fact = only_fact({"statuses": [{**row, "error": {"code": 1002, "title": "Invalid phone"}}]})
    assert fact == DeliveryReport(
        external_id=None,
        msg_id=None,
        extra="9|1|1|9|0",
        status="failed",
        cause="Invalid phone",
        code="1002",
        phone=None,
        at=datetime(2024, 12, 4, 7, 54, 36, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "problem",
    [
        {"errors": [{"code": 131050, "title": "Stopped"}]},
        {"errors": {"code": "131050", "message": "Stopped"}},
        {"error": {}, "errors": [None, {"code": 131050, "title": "Stopped"}]},
    ],
)
def test_metas_list_of_errors_is_read_of_a_generic_report_too(problem: dict[str, object]) -> None:
    fact = only_fact({"statuses": [{"msgId": "9|1|1|9|0", "status": "failed", **problem}]})
    assert isinstance(fact, DeliveryReport)
    assert (fact.cause, fact.code) == ("Stopped", "131050")


@pytest.mark.parametrize("rows", [[], [1], [{}], [{"timestamp": 1}], {"msgId": "x"}, "x", None])
def test_statuses_without_one_known_element_are_not_understood(rows: object) -> None:
    assert parsed({"payloadVersion": 0.1, "statuses": rows}).kind == "unknown"
