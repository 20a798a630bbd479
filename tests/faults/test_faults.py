"""Most faults once, quickly: nobody twice, nobody lost, the numbers right, and it all ends."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from tests.faults.fault import Verdict
from tests.faults.lanes import Lanes
from tests.faults.registry import FAULTS

AT_ONCE = 2
SEED = 0

# Left to `make faults`, which plays all: each has a sibling here that shows nearly the same.
LEFT = frozenset(
    {
        *("sender_killed_while_claiming", "sender_killed_before_recording"),
        *("sender_stopped_and_sent_again", "tasks_delivered_twice", "redis_restarted"),
        *("postgres_restarted", "gateway_resets", "gateway_answers_garbage", "gateway_accepts502"),
        *("gateway_refuses", "gateway_closes_idle_connections", "reports_instead_of_the_answer"),
        *("reports_long_after", "redis_clock_steps", "callbacks_while_the_disk_is_full"),
        *("clock_jumps_over_a_trigger", "clock_jumps_over_a_date", "beat_away_over_triggers"),
        *("drain_killed_before_its_commit", "callbacks_while_redis_refuses"),
        *("worker_killed_while_parked_are_tried", "cap_changed_in_mid_send", "clocks_are_changed"),
    }
)

pytestmark = pytest.mark.fault

Verdicts = dict[str, "Future[dict[str, Any]]"]


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> Iterator[Verdicts]:
    """All that this run of pytest asks for are under way at once, each in a lane."""
    wanted = [
        str(item.callspec.params["fault"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path
        if "verdicts" in item.fixturenames
    ]
    with Lanes(min(AT_ONCE, len(wanted)), wanted) as lanes:
        yield {fault: lanes.submit(fault, seed=SEED, quick=True) for fault in wanted}


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in LEFT])
def test_nobody_is_reached_twice_or_lost(verdicts: Verdicts, fault: str) -> None:
    verdict = Verdict(**verdicts[fault].result())
    if verdict.skipped:
        pytest.skip(verdict.skipped)
    assert "\n".join(verdict.problems) == ""
    assert (verdict.doubled, verdict.lost, verdict.counters_ok) == (0, 0, True)
    assert verdict.people


def test_what_is_left_is_known() -> None:
    assert FAULTS.keys() > LEFT


def test_every_fault_is_described() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "faults.md").read_text()
    assert [fault for fault in FAULTS if f"| `{fault}` |" not in page] == []
