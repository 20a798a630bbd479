"""Every fault once, quickly: nobody twice, nobody lost, the numbers right, and it all ends."""

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


@pytest.mark.parametrize("fault", FAULTS)
def test_nobody_is_reached_twice_or_lost(verdicts: Verdicts, fault: str) -> None:
    verdict = Verdict(**verdicts[fault].result())
    if verdict.skipped:
        pytest.skip(verdict.skipped)
    assert "\n".join(verdict.problems) == ""
    assert (verdict.doubled, verdict.lost, verdict.counters_ok) == (0, 0, True)
    assert verdict.people


def test_every_fault_is_described() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "faults.md").read_text()
    assert [fault for fault in FAULTS if f"| `{fault}` |" not in page] == []
