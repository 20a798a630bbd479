"""Short cuts for tests: one place that knows parse()'s arguments."""

import json
from datetime import UTC, datetime
from pathlib import Path

from callbacks.parsers import DeliveryReport, Fact, Inbound, Parsed, parse

ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[2] / "payloads"


def parsed(body: object = b"", *, query: str = "", content_type: str = "") -> Parsed:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse(raw, content_type=content_type, query=query, received_at=ARRIVED)


def only_fact(body: object = b"", *, query: str = "") -> Fact:
    result = parsed(body, query=query)
    assert result.rejected == ()
    (fact,) = result.facts
    return fact


def report(**fields: object) -> DeliveryReport:
    fact = only_fact([{"externalId": "12-34", "eventType": "READ", **fields}])
    assert isinstance(fact, DeliveryReport)
    return fact


def message(**fields: object) -> Inbound:
    fact = only_fact({"waNumber": "919000000001", "mobile": "919000011122", **fields})
    assert isinstance(fact, Inbound)
    return fact


def payload_files() -> list[Path]:
    found = (path for path in PAYLOADS.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.name.endswith(".expected.json"))


def expected_of(path: Path) -> Path:
    return path.with_name(path.name.partition(".")[0] + ".expected.json")
