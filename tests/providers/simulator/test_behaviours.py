"""The table that turns a number into a fate, and the gateway's misbehaviour on command."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.simulator.behaviours import BY_DIGITS, BY_NAME, TABLE
from tests.gateway_simulator import SimulatorClient, running_simulator
from tests.providers.simulator.wire import COMMON, HSM, PHONE, TEMPLATE, raw

PAGE = Path(__file__).parents[3] / "docs" / "simulator.md"


@pytest.fixture
def gateway() -> Iterator[SimulatorClient]:
    with running_simulator(require_opt_in=False) as simulator:
        yield simulator


def send(gateway: SimulatorClient, phone: str = PHONE) -> tuple[int, str]:
    return raw(gateway, **COMMON | HSM | TEMPLATE | {"send_to": phone})


def kind_of(answer: tuple[int, str]) -> str:
    status, body = answer
    if '"status":"success"' in body:
        return "success"
    found = re.search(r'"id": "(\w+)"', body)
    return f"error {found[1]}" if found else f"{status} {body[:6]}".strip()


def test_no_two_behaviours_share_their_digits_or_their_name() -> None:
    assert (len(BY_DIGITS), len(BY_NAME)) == (len(TABLE), len(TABLE) + 1)


def test_the_page_for_people_shows_the_whole_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = [f"| {row.digits} | `{row.name}` | {row.what} |" for row in TABLE]
    assert [row for row in rows if row not in page] == []


@pytest.mark.parametrize(
    ("digits", "first", "second", "accepted"),
    [
        ("0011", "success", "success", 2),
        ("9921", "429 Too ma", "success", 1),
        ("9922", "429 Too ma", "429 Too ma", 0),
        ("9923", "error 100", "success", 1),
        ("9924", "error 100", "error 100", 0),
        ("9925", "503 <html>", "success", 1),
        ("9935", "502 <html>", "502 <html>", 2),
        ("9936", "502 <html>", "502 <html>", 0),
        ("9937", "200 <html>", "200 <html>", 2),
        ("9938", "200", "200", 2),
        ("9942", "error 313", "error 313", 0),
        ("9943", "error 105", "error 105", 0),
    ],
)
def test_the_last_digits_decide_the_answer(
    gateway: SimulatorClient, digits: str, first: str, second: str, accepted: int
) -> None:
    phone = f"91900000{digits}"
    answers = [kind_of(send(gateway, phone)), kind_of(send(gateway, phone))]
    summary = gateway.summary()
    assert answers == [first, second]
    assert (summary["messages"], summary["accepted"].get(phone, 0)) == ({phone: 2}, accepted)


@pytest.mark.parametrize(
    ("digits", "accepted"), [("9931", 1), ("9932", 0), ("9933", 1), ("9934", 0)]
)
def test_some_numbers_get_no_answer_at_all(
    gateway: SimulatorClient, digits: str, accepted: int
) -> None:
    gateway.options(hang_seconds=0.2)
    phone = f"91900000{digits}"
    with pytest.raises(OSError, match=r"Remote end closed|reset"):
        send(gateway, phone)
    assert gateway.summary()["accepted"].get(phone, 0) == accepted


def test_a_hanging_request_ends_when_its_client_leaves(gateway: SimulatorClient) -> None:
    gateway.behave(PHONE, "hang")
    host, port = gateway.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as client:
        body = "&".join([f"{name}={value}" for name, value in (COMMON | HSM | TEMPLATE).items()])
        head = f"POST /GatewayAPI/rest HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall((head + body).encode())
        gateway.wait_for(lambda state: state["open"] == 1)
    assert gateway.wait_for(lambda state: state["open"] == 0)["requests"] == 1


def test_digits_can_be_ignored(gateway: SimulatorClient) -> None:
    gateway.options(behaviours=False)
    assert kind_of(send(gateway, "919000009922")) == "success"


def test_everybody_can_be_given_one_behaviour(gateway: SimulatorClient) -> None:
    gateway.options(behaviour="throttled")
    assert kind_of(send(gateway)) == "429 Too ma"


def test_a_single_phone_can_be_given_one(gateway: SimulatorClient) -> None:
    gateway.behave(PHONE, "bad_gateway")
    assert [kind_of(send(gateway)), kind_of(send(gateway, "919000000012"))] == [
        "502 <html>",
        "success",
    ]


def test_a_mix_gives_each_behaviour_its_share(gateway: SimulatorClient) -> None:
    gateway.options(mix={"bad_gateway": 0.5, "throttled": 0.5})
    answers = {kind_of(send(gateway)) for _ in range(40)}
    assert answers == {"502 <html>", "429 Too ma"}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"nonsense": 1}, "no such option: nonsense"),
        ({"latency": "fast"}, "latency must be a float"),
        ({"outage": "flood"}, "outage must be one of: , unavailable, reset, hang"),
        ({"behaviour": "dance"}, "no such behaviour: dance"),
        ({"mix": {"dance": 1}}, "no such behaviour: dance"),
        ({"reports_per_post": [5, 2]}, "reports_per_post must be two numbers, the smaller first"),
        ({"delays": {"sent": "soon"}}, "sent must be a number or two"),
        ({"delays": {"never": 1}}, "delays has no never"),
        ({"reports_per_post": 0}, "reports_per_post must be at least 1"),
        ({"latency": -1}, "latency must not be negative"),
    ],
)
def test_a_wrong_option_is_refused_by_name_and_changes_nothing(
    gateway: SimulatorClient, changes: dict[str, object], complaint: str
) -> None:
    before = gateway.get("/_sim/options")
    with pytest.raises(ValueError, match=re.escape(complaint)):
        gateway.options(**changes)
    assert gateway.get("/_sim/options") == before
