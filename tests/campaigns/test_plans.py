"""What each turn of sending asks PostgreSQL for must cost the same however much is waiting.

Held by the plans, never by the clock: no big table may be read from end to end.
"""

from collections.abc import Callable

import pytest
from django.db import connection

from campaigns.models import CampaignStatus, Run
from campaigns.sending.claiming import (
    claim_awake_in_turn_sql,
    claim_awake_sql,
    claim_bulk_in_turn_sql,
    claim_bulk_sql,
)
from campaigns.sending.finding_due import due_sql
from campaigns.sending.putting_off import DROP_ASLEEP, PUT_OFF
from campaigns.sending.reconciling import END_LEASES, FINISH_RUNS, SETTLE_DOUBTS
from providers.models import Project
from tests.factories import CampaignFactory, ProviderFactory, RunFactory

pytestmark = pytest.mark.django_db

WAITING = 20_000
BIG_TABLES = ["campaigns_message", "campaigns_outbox", "campaigns_profile"]

FILL = [
    """INSERT INTO campaigns_profile (project_id, identity, name, phone, match_key,
        phone_is_invalid, email, language, time_zone, properties, subscribed, is_test,
        first_seen_at, last_seen_at)
    SELECT %(project)s, n, '', '', n, false, '', '', '', '{}', true, false, now(), now()
    FROM generate_series(1, %(waiting)s) AS n""",
    """INSERT INTO campaigns_message (project_id, kind, campaign_id, run_id, profile_id, phone,
        send_key, state, reason, code, detail, attempt, external_id, created_at)
    SELECT project_id, 1, %(campaign)s, %(run)s, id, '', match_key, 0, '', '', '', 0, '', now()
    FROM campaigns_profile""",
    """INSERT INTO campaigns_outbox (message_id, project_id, campaign_id, run_id, lane, state,
        attempt, due_at)
    SELECT id, project_id, campaign_id, run_id, 1, 0, 0, now() FROM campaigns_message""",
    *(f"ANALYZE {table}" for table in BIG_TABLES),
]


@pytest.fixture
def run(project: Project) -> Run:
    ProviderFactory.create(project=project)
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    run = RunFactory.create(campaign=campaign)
    numbers = {
        "project": project.pk,
        "campaign": campaign.pk,
        "run": run.pk,
        "waiting": WAITING,
    }
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, numbers)
    return run


def read_to_the_end(sql: str, parameters: dict[str, object]) -> list[str]:
    """The big tables that the plan of this statement goes through from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    return [table for table in BIG_TABLES if f"Seq Scan on {table}" in plan]


def test_looking_for_work_reads_no_more_when_more_is_waiting(run: Run) -> None:
    assert read_to_the_end(due_sql(), {"instance": "ours"}) == []


CLAIMS = (claim_bulk_sql, claim_bulk_in_turn_sql, claim_awake_sql, claim_awake_in_turn_sql)


@pytest.mark.parametrize("limit", [1, 20])
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_reads_what_it_claims(run: Run, limit: int, claim: Callable[[], str]) -> None:
    assert read_to_the_end(claim(), _of_a_claim(run, limit)) == []


@pytest.mark.parametrize(
    ("usual", "awake"),
    [(claim_bulk_sql, claim_awake_sql), (claim_bulk_in_turn_sql, claim_awake_in_turn_sql)],
)
def test_quiet_hours_join_what_was_claimed_as_a_claim_without_them(
    run: Run, usual: Callable[[], str], awake: Callable[[], str]
) -> None:
    """Not by going through it again for each that was picked, as if that were a single one."""
    assert _last_join(awake(), run) == _last_join(usual(), run)


def _last_join(claim: str, run: Run) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {claim}", _of_a_claim(run, 120))
        (plan,) = cursor.fetchone()[0]
    *_, joined = plan["Plan"]["Plans"]
    return str(joined["Node Type"])


def _of_a_claim(run: Run, limit: int) -> dict[str, object]:
    return {
        "project": run.campaign.project_id,
        "campaigns": [run.campaign_id],
        "shares": [limit],
        "limit": limit,
        "lease": 60,
        "instance": "ours",
        "quiet": f'{{"{run.campaign_id} ": 1, "{run.campaign_id} Asia/Dubai": null}}',
    }


@pytest.mark.parametrize("sql", [PUT_OFF, DROP_ASLEEP])
def test_putting_off_reads_whom_it_may_put_off(run: Run, sql: str) -> None:
    """Where there are so few in all, PostgreSQL would read them all to find a thousand."""
    assert "LIMIT 1000" in sql
    quiet = f'{{"{run.campaign_id} ": 1}}'
    parameters = {"campaigns": [run.campaign_id], "quiet": quiet}
    assert read_to_the_end(sql.replace("LIMIT 1000", "LIMIT 20"), parameters) == []


def test_reconciling_reads_what_is_overdue(run: Run) -> None:
    assert read_to_the_end(END_LEASES, {"state": 1, "doubt": 900}) == []
    assert read_to_the_end(SETTLE_DOUBTS, {"state": 2, "most": 6}) == []
    assert read_to_the_end(FINISH_RUNS, {}) == []
