"""Whoever reads a message may buy in the business's shop, or leave a cart."""

from collections.abc import Iterator

import pytest

from providers.simulator.shopping import LATER, deeds_of
from tests.gateway_simulator import SimulatorClient, running_simulator
from tests.providers.simulator.callbacks import Sink, taking_callbacks
from tests.providers.simulator.wire import HSM, TEMPLATE, ask

AT_ONCE = {"sent": 0, "delivered": 0, "read": 0, "reaction": 0}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with taking_callbacks() as taker:
        yield taker


@pytest.fixture
def gateway(sink: Sink) -> Iterator[SimulatorClient]:
    with running_simulator(require_opt_in=False, reports=False, delays=AT_ONCE) as simulator:
        simulator.register(shop_url=f"{sink.url}/api/v1/events", shop_key="kb_key")
        yield simulator


@pytest.mark.parametrize(
    ("digit", "deeds"),
    [
        *((digit, []) for digit in "023579"),
        *((digit, [(0.0, "Ordered")]) for digit in "14"),
        ("6", [(0.0, "Cart left")]),
        ("8", [(0.0, "Cart left"), (LATER, "Ordered")]),
    ],
)
def test_a_digit_decides_what_they_do(digit: str, deeds: list[tuple[float, str]]) -> None:
    found = list(deeds_of(f"9190000{digit}0001", "m-1", 1_000.0))
    assert [(at - 1_000.0, record["name"]) for at, record in found] == deeds
    assert len({record["id"] for _, record in found}) == len(deeds)


def test_it_is_told_with_the_key_and_again_while_nobody_answers(
    gateway: SimulatorClient, sink: Sink
) -> None:
    sink.refusals = 1
    buys, leaves, passes, never_reads = (
        f"91900000{n}" for n in ("10001", "60001", "00001", "19901")
    )
    ids = {
        phone: str(ask(gateway, HSM, TEMPLATE, send_to=phone)["id"])
        for phone in (buys, leaves, passes, never_reads)
    }

    sink.wait_for(lambda taken: len(told(taken)) >= 2)

    assert {(one["phone"], one["name"], one["id"]) for one in told(sink)} == {
        (f"+{buys}", "Ordered", f"{ids[buys]}-Ordered"),
        (f"+{leaves}", "Cart left", f"{ids[leaves]}-Cart left"),
    }
    assert {(call.path, call.authorization) for call in sink.taken} == {
        ("/api/v1/events", "Bearer kb_key")
    }
    assert "kb_key" not in str(gateway.get("/_sim/accounts"))


def told(sink: Sink) -> list[dict[str, str]]:
    return [record for call in sink.taken for record in call.json["records"]]
