"""Whom a second run would reach: those of a run whom a passing trouble kept from getting it.

They failed after too many tries, or by a report whose cause passes; of Meta's limit for each person
only who has waited a day. What was in doubt to the end, only where the campaign says *send again*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from campaigns.audience.source import AudienceSource
from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, Reason, Run, State
from providers.gateway.report_classes import ReportClass
from providers.gateway.report_codes import codes_of

# Of e, a message, with the parameters below.
IS_RETRYABLE = f"""(
    (e.state = {State.FAILED:d} AND (e.reason = '{Reason.RETRIES_EXHAUSTED}'
        OR e.reason = '{Reason.REPORTED}' AND (e.code = ANY(%(passing)s)
            OR e.code = ANY(%(capped)s) AND e.failed_at < now() - interval '24 hours')))
    OR (e.state = {State.UNKNOWN:d} AND %(unknown_too)s))"""

WHOEVER_FAILED = f"""
SELECT e.profile_id FROM campaigns_message e WHERE e.run_id = %(retry_of)s AND {IS_RETRYABLE}
"""
# The quarters of an hour in which those failed whose day has not passed, the last one in part.
A_DAY = timedelta(hours=24, minutes=15)


@dataclass(frozen=True, slots=True)
class Retryable:
    """By the run's numbers, so that no message is read. `capped` are those whom Meta's limit kept
    out, where some of them have not waited a day: the numbers don't tell which. It is too early
    for all of them where nobody failed longer ago."""

    count: int
    capped: int = 0
    is_too_early: bool = False

    @property
    def may_begin(self) -> bool:
        return bool(self.count or (self.capped and not self.is_too_early))


def whoever_failed(campaign: Campaign, *, run_id: int) -> AudienceSource:
    return AudienceSource(
        WHOEVER_FAILED,
        {
            "retry_of": run_id,
            "passing": codes_of(ReportClass.TRANSIENT),
            "capped": codes_of(ReportClass.CAPPED),
            "unknown_too": campaign.resend_in_doubt,
        },
    )


def retryable(run: Run) -> Retryable:
    numbers = totals([run.pk])
    count = _failed(numbers, Reason.RETRIES_EXHAUSTED)
    count += _reported(numbers, ReportClass.TRANSIENT)
    if run.campaign.resend_in_doubt:
        count += numbers.get("failed:unknown", 0)
    capped = _reported(numbers, ReportClass.CAPPED)
    lately = _failed_lately(run) if capped else 0
    if not lately:
        return Retryable(count + capped)
    return Retryable(count, capped, is_too_early=lately >= numbers["failed"])


def is_anybody_retryable(run: Run) -> bool:
    found = retryable(run)
    if found.count or not found.capped:
        return bool(found.count)
    source = whoever_failed(run.campaign, run_id=run.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({source.sql})", source.parameters)
        return bool(cursor.fetchone()[0])


def run_to_try_again(campaign: Campaign) -> Run | None:
    """The campaign's last run, if it has not been retried: each is retried once at most, and a
    retry is not retried."""
    last = campaign.runs.filter(skipped_because="").order_by("-number").first()
    return last if last is not None and last.retry_of_id is None else None


def _failed_lately(run: Run) -> int:
    quarters = run.tallies.filter(name="failed", quarter__gte=timezone.now() - A_DAY)
    return quarters.aggregate(n=Sum("n"))["n"] or 0


def _reported(numbers: Mapping[str, int], report_class: ReportClass) -> int:
    return sum(_failed(numbers, Reason.REPORTED, code) for code in codes_of(report_class))


def _failed(numbers: Mapping[str, int], reason: Reason, code: str = "") -> int:
    """For this reason, with this code or, without one, with any."""
    name = f"failed:{reason}"
    if code:
        return numbers.get(f"{name}:{code}", 0)
    return sum(n for label, n in numbers.items() if f"{label}:".startswith(f"{name}:"))
