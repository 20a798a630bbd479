"""What is parked must cost the same however much of it there is, and however many messages.

Held by the plans, never by the clock: no big table may be read from end to end.
"""

import pytest
from django.db import connection

from callbacks.receipts.parking import ROOM
from callbacks.receipts.unparking import CLAIM_DUE, CLAIM_RECORDED, DELAYS, HOLD
from providers.models import Project
from tests.factories import ReceiptFactory

pytestmark = pytest.mark.django_db

PARKED = 20_000
BIG_TABLES = [
    "callbacks_parkedfact",
    "callbacks_receipt",
    "campaigns_gatewayid",
    "campaigns_message",
]
FILL = [
    """INSERT INTO callbacks_receipt (project_id, endpoint, method, content_type, query, body,
        state, tries, kind, facts, applied, parked, foreign_count, rejected, problem)
    SELECT %(project)s, 'status', 'POST', '', '', '', 1, 1, '', 1, 0, 1, 0, '[]', ''
    FROM generate_series(1, %(parked)s)""",
    """INSERT INTO callbacks_parkedfact (project_id, receipt_id, names, external_id, fact, tries,
        due_at)
    SELECT %(project)s + id %% 50, id, (id %% 2) * id, 'x' || id, '{}', 0,
        now() + (id %% 100 - 50) * interval '1 minute'
    FROM callbacks_receipt""",
    """INSERT INTO campaigns_message (project_id, kind, phone, send_key, state, reason, code,
        detail, attempt, external_id, created_at)
    SELECT %(project)s, 1, '', n, 0, '', '', '', 0, '', now()
    FROM generate_series(1, %(parked)s) AS n""",
    """INSERT INTO campaigns_gatewayid (project_id, external_id, message_id)
    SELECT project_id, 'y' || id, id FROM campaigns_message""",
    *(f"ANALYZE {table}" for table in BIG_TABLES),
]


@pytest.fixture
def full(project: Project) -> Project:
    ReceiptFactory.create(project=project)
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"project": project.pk, "parked": PARKED})
    return project


def read_to_the_end(sql: str, parameters: object) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    return [table for table in BIG_TABLES if f"Seq Scan on {table}" in plan]


@pytest.mark.parametrize("claim", [CLAIM_DUE, CLAIM_RECORDED])
def test_a_claim_reads_what_it_claims(full: Project, claim: str) -> None:
    assert read_to_the_end(claim, {"limit": 20, "delays": list(DELAYS)}) == []


def test_what_may_fit_is_found_by_its_key(full: Project) -> None:
    assert read_to_the_end(HOLD, [list(range(1, 21))]) == []


def test_room_is_looked_for_in_the_project_alone(full: Project) -> None:
    assert read_to_the_end(ROOM, {"projects": [full.pk], "most": PARKED}) == []
