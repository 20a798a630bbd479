"""Counting the callbacks that were refused: one row per network, reason and minute.

The request only adds to a number in memory; a timer writes the sums. So a refusal costs the same
whatever its reason, and a flood of them costs the database nothing. What was counted in the last
seconds of a process is lost with it.
"""

import logging
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from callbacks.receiving.own_connection import OwnConnection
from providers.models import CallbackRefusal
from providers.network.client_address import client_address
from providers.network.public_addresses import Network
from providers.network.ranges import covering, neighbourhood, network_text

logger = logging.getLogger(__name__)

WRITTEN_EVERY = 2.0  # seconds
MOST_APART = 1_000  # further networks are counted together

ADD = """
INSERT INTO providers_refusedcallback (project_id, network, reason, minute, count)
SELECT c.* FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::int[])
    AS c (project_id, network, reason, minute, n)
WHERE c.project_id IS NULL OR EXISTS (
    SELECT 1 FROM providers_project p WHERE p.id = c.project_id)
ORDER BY c.project_id, c.reason, c.minute, c.network
ON CONFLICT (project_id, reason, minute, network)
DO UPDATE SET count = providers_refusedcallback.count + excluded.count
"""


@dataclass(frozen=True, slots=True)
class _Kind:
    project_id: int | None
    network: str
    reason: str
    minute: datetime


def comes_from(meta: Mapping[str, str], networks: Sequence[Network]) -> bool:
    """Whether the caller stands in one of them; nobody does whose address is not known."""
    address = client_address(meta)
    return address is not None and covering(address, networks)


class RefusalCounter:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[_Kind] = Counter()
        self._timer: threading.Timer | None = None

    def note(
        self, meta: Mapping[str, str], reason: CallbackRefusal, *, project_id: int | None
    ) -> None:
        """`project_id`: whose account the address named, be the rest of its key right or wrong."""
        address = client_address(meta)
        network = network_text(neighbourhood(address)) if address else ""
        minute = datetime.now(UTC).replace(second=0, microsecond=0)
        with self._lock:
            kind = _Kind(project_id, network, reason.value, minute)
            if kind not in self._counts and len(self._counts) >= MOST_APART:
                kind = _Kind(None, "", reason.value, minute)
            self._counts[kind] += 1
            if self._timer is None:
                self._timer = threading.Timer(WRITTEN_EVERY, self.write)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """What has been counted since the last time."""
        counts = self._take()
        if not counts:
            return
        connection = OwnConnection()
        try:
            connection.run(lambda opened: opened.execute(ADD, _columns(counts)))
        except psycopg.Error as error:
            logger.warning("Refused callbacks can't be counted: %s", type(error).__name__)
        finally:
            connection.close()

    def close(self) -> None:
        """Forget what is not written yet."""
        self._take()

    def _take(self) -> Counter[_Kind]:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            counts, self._counts, self._timer = self._counts, Counter(), None
        return counts


def _columns(counts: Counter[_Kind]) -> list[list[object]]:
    return [
        [kind.project_id for kind in counts],
        [kind.network for kind in counts],
        [kind.reason for kind in counts],
        [kind.minute for kind in counts],
        list(counts.values()),
    ]


refusals = RefusalCounter()
