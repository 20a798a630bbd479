"""Whom a second run would reach: those of a run whom a passing trouble kept from getting it.

They failed after too many tries, or by a report whose cause passes; of Meta's limit for each person
only who has waited a day. What was in doubt to the end, only where the campaign says *send again*.
"""

from typing import Any

from django.db import connection

from campaigns.models import Campaign, Reason, Run, State
from providers.gateway.report_classes import ReportClass
from providers.gateway.report_codes import codes_of

# For statements that have campaigns_message as e, and the parameters below.
IS_RETRYABLE = f"""(
    (e.state = {State.FAILED:d} AND (e.reason = '{Reason.RETRIES_EXHAUSTED}'
        OR e.reason = '{Reason.REPORTED}' AND (e.code = ANY(%(passing)s)
            OR e.code = ANY(%(capped)s) AND e.failed_at < now() - interval '24 hours')))
    OR (e.state = {State.UNKNOWN:d} AND %(unknown_too)s))"""

COUNT = f"SELECT count(*) FROM campaigns_message e WHERE e.run_id = %(retry_of)s AND {IS_RETRYABLE}"


def retry_parameters(campaign: Campaign, *, of: int | None) -> dict[str, Any]:
    return {
        "retry_of": of,
        "passing": codes_of(ReportClass.TRANSIENT),
        "capped": codes_of(ReportClass.CAPPED),
        "unknown_too": campaign.resend_in_doubt,
    }


def count_retryable(run: Run) -> int:
    """By the rows themselves, so not for a page that asks every two seconds."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, retry_parameters(run.campaign, of=run.pk))
        (count,) = cursor.fetchone()
        return int(count)


def run_to_retry(campaign: Campaign) -> Run | None:
    """The campaign's last run, if it has not been retried: each is retried once at most, and a
    retry is not retried."""
    last = campaign.runs.order_by("-number").first()
    return last if last is not None and last.retry_of_id is None else None
