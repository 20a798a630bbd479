"""The two sync faces: one call at once, and a loop that a worker process keeps."""

import asyncio
import os
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest
from pytest_django import Settings

from providers.gateway.calling import (
    GatewayLoop,
    call_now,
    close_gateway_loop,
    gateway_loop,
)
from providers.gateway.requests import OptIn
from providers.gateway.results import Verdict
from tests.gateway_simulator import SimulatorClient, running_simulator
from tests.providers.gateway.servers import LOGIN, message, settings_for


@pytest.fixture
def gateway() -> Iterator[SimulatorClient]:
    with running_simulator() as simulator:
        yield simulator


@pytest.fixture
def process_loop(settings: Settings, gateway: SimulatorClient) -> Iterator[GatewayLoop]:
    settings.GATEWAY_SEND_URL = gateway.gateway_url
    yield gateway_loop()
    close_gateway_loop()


def test_one_message_can_be_sent_at_once(gateway: SimulatorClient) -> None:
    answer = call_now(message(), LOGIN, settings_for(gateway.gateway_url))
    assert answer.verdict is Verdict.ACCEPTED


def test_the_settings_say_where_it_goes(settings: Settings, gateway: SimulatorClient) -> None:
    settings.GATEWAY_SEND_URL = gateway.gateway_url
    assert call_now(OptIn("919000000011"), LOGIN).code == "106"


def test_a_single_call_gives_up_on_an_unknown_name_without_waiting(settings: Settings) -> None:
    settings.GATEWAY_SEND_URL = "http://gateway.invalid/"
    assert call_now(message(), LOGIN).code == "unreachable"


def test_work_of_many_threads_runs_in_one_loop_with_one_client(gateway: SimulatorClient) -> None:
    loop = GatewayLoop(settings_for(gateway.gateway_url))
    calls = [loop.submit(loop.client.call(message(number), LOGIN)) for number in range(20)]
    verdicts = {call.result(10).verdict for call in calls}
    loop.close()
    assert (verdicts, gateway.state()["requests"]) == ({Verdict.ACCEPTED}, 20)


def test_closing_cancels_what_still_runs_and_ends_the_thread(gateway: SimulatorClient) -> None:
    gateway.options(behaviour="hang")
    loop = GatewayLoop(settings_for(gateway.gateway_url))
    call = loop.submit(loop.client.call(message(), LOGIN))
    gateway.wait_for(lambda state: state["open"] == 1)
    loop.close()
    loop.close()
    with pytest.raises(CancelledError):
        call.result(1)
    assert [thread for thread in threading.enumerate() if thread.name == "gateway"] == []


def test_a_cancelled_future_cancels_its_work(gateway: SimulatorClient) -> None:
    stopped = threading.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    loop = GatewayLoop(settings_for(gateway.gateway_url))
    future = loop.submit(work())
    loop.submit(asyncio.sleep(0)).result(5)
    future.cancel()
    assert stopped.wait(5)
    loop.close()


def test_a_process_has_one_loop(process_loop: GatewayLoop) -> None:
    assert gateway_loop() is process_loop


def test_a_closed_loop_is_followed_by_a_new_one(process_loop: GatewayLoop) -> None:
    close_gateway_loop()
    again = gateway_loop()
    answer = again.submit(again.client.call(message(), LOGIN)).result(10)
    assert (again is process_loop, answer.verdict) == (False, Verdict.ACCEPTED)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_starts_a_loop_of_its_own(process_loop: GatewayLoop) -> None:
    process_loop.submit(process_loop.client.call(message(), LOGIN)).result(10)
    child = os.fork()
    if child == 0:
        loop = gateway_loop()
        answer = loop.submit(loop.client.call(message(), LOGIN)).result(10)
        own = loop is not process_loop
        os._exit(0 if own and answer.verdict is Verdict.ACCEPTED else 1)
    _, status = os.waitpid(child, 0)
    after = process_loop.submit(process_loop.client.call(message(), LOGIN)).result(10)
    assert (os.waitstatus_to_exitcode(status), after.verdict) == (0, Verdict.ACCEPTED)
