"""The book is the truth: whoever was read stands in it, answered or not."""

from collections.abc import Iterator

import pytest

from tests.gateway_simulator import SimulatorClient, running_simulator
from tests.providers.simulator.wire import COMMON, HSM, OPT_IN, PHONE, TEMPLATE, ask, code, raw


@pytest.fixture
def gateway() -> Iterator[SimulatorClient]:
    with running_simulator(require_opt_in=False) as simulator:
        yield simulator


def test_a_row_holds_what_the_request_held_and_what_became_of_it(gateway: SimulatorClient) -> None:
    external_id = ask(gateway, HSM, TEMPLATE)["id"]
    row = gateway.book()[0]
    assert row.pop("time") > 1_600_000_000
    assert row == {
        "number": 1,
        "account": "demo",
        "method": "sendmessage",
        "phone": PHONE,
        "msg_id": "7-1",
        "extra": "3|1658264893|20220720|7|0",
        "template_id": "100",
        "verdict": "normal",
        "behaviour": "read",
        "accepted": True,
        "external_id": external_id,
    }


def test_a_request_stands_in_the_book_before_it_is_answered(gateway: SimulatorClient) -> None:
    gateway.behave(PHONE, "hang_accepted")
    gateway.options(hang_seconds=0.5)
    with pytest.raises(OSError, match=r"Remote end closed|reset"):
        raw(gateway, **COMMON | HSM | TEMPLATE)
    rows = [(row["verdict"], row["accepted"]) for row in gateway.book()]
    assert rows == [("hang", True)]


def test_the_summary_counts_by_phone_and_keeps_opt_ins_apart(gateway: SimulatorClient) -> None:
    gateway.behave("919000000012", "throttled_once")
    ask(gateway, HSM, OPT_IN)
    ask(gateway, HSM, OPT_IN)
    ask(gateway, HSM, TEMPLATE)
    raw(gateway, **COMMON | HSM | TEMPLATE | {"send_to": "919000000012"})
    raw(gateway, **COMMON | HSM | TEMPLATE | {"send_to": "919000000012", "msg_id": "8-2"})
    ask(gateway, HSM, OPT_IN, method="OPT_OUT")
    summary = gateway.summary()
    assert {name: summary[name] for name in ("messages", "accepted", "opt_ins", "opt_outs")} == {
        "messages": {PHONE: 1, "919000000012": 2},
        "accepted": {PHONE: 1, "919000000012": 1},
        "opt_ins": {PHONE: 2},
        "opt_outs": {PHONE: 1},
    }
    assert summary["verdicts"] == {"normal": 4, "error 322": 1, "throttled": 1}
    assert (summary["requests"], summary["open"]) == (6, 0)


def test_only_new_rows_are_given_on_request(gateway: SimulatorClient) -> None:
    for number in range(3):
        ask(gateway, HSM, TEMPLATE, msg_id=f"{number}-1")
    assert [row["msg_id"] for row in gateway.book(since=1)] == ["1-1", "2-1"]


def test_a_refused_login_is_entered_without_an_account(gateway: SimulatorClient) -> None:
    code(gateway, HSM, TEMPLATE, password="wrong")
    rows = [(row["account"], row["phone"], row["verdict"]) for row in gateway.book()]
    assert rows == [("", PHONE, "error 102")]


def test_after_a_reset_only_the_accounts_are_left(gateway: SimulatorClient) -> None:
    gateway.options(latency=1.0)
    gateway.reset()
    ask(gateway, HSM, OPT_IN)
    assert gateway.summary()["opt_ins"] == {PHONE: 1}
    gateway.reset()
    assert gateway.book() == []
    assert code(gateway, HSM, OPT_IN) == "success"
