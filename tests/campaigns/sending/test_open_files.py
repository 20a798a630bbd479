"""A sending worker's limit of open files. Each in a process of its own: it can't be undone."""

import subprocess
import sys

import pytest

LOOK = """
import logging, resource, sys
from campaigns.sending.open_files import slots_for
logging.basicConfig(format="%(message)s", stream=sys.stdout)
soft, hard = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(slots_for(400), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def look(*, soft: int, hard: int) -> list[str]:
    command = [sys.executable, "-c", LOOK, str(soft), str(hard)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize(("soft", "after"), [(256, 528), (600, 600)])
def test_a_worker_raises_its_own_limit_as_far_as_it_needs(soft: int, after: int) -> None:
    assert look(soft=soft, hard=600) == [f"400 {after}"]


def test_a_limit_that_cant_be_raised_costs_speed_and_says_so() -> None:
    said, result = look(soft=256, hard=300)

    assert result == "172 300"
    assert said == (
        "This worker may open 300 files only, so it makes 172 calls at once instead of 400. Raise "
        "the limit of open files (ulimit -n, LimitNOFILE) to 528, or lower GATEWAY_CONCURRENCY."
    )
