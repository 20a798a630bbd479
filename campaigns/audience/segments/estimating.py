"""How many people a rule finds, how many of them could be sent to, and some of them to look at.

One estimate at a time for a project, and none for longer than its patience: an estimate is a look,
and must not slow down what is being sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import QueryCanceled

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.compiling import condition_of_rule
from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.conditions.reachable import FIRST_REASON, SENDABLE
from campaigns.audience.segments.rules import Group, Statement
from campaigns.audience.segments.spans import Clock
from campaigns.models import Profile
from providers.models import Project
from providers.refusals import Refusal

PATIENCE_OF_A_WORKER = 50_000  # milliseconds
SAMPLE = 10
LOCK, LOCK_OF_WORKERS = 7_213, 7_215  # of estimates, beside the project's number
PEOPLE = f"FROM campaigns_profile p {BLOCK_JOIN} WHERE p.project_id = %(project)s AND {{rule}}"
# Whom to look at comes with the counts: asked for the first ten alone, PostgreSQL walks people in
# their order, through all of them where a rule finds few.
COUNTS = f"""
SELECT total, with_phone, subscribed, sendable,
    ARRAY(SELECT unnest(ids) AS id ORDER BY id LIMIT {SAMPLE})
FROM (
    SELECT count(*) AS total, count(*) FILTER (WHERE p.match_key IS NOT NULL) AS with_phone,
        count(*) FILTER (WHERE p.subscribed) AS subscribed,
        count(*) FILTER (WHERE {FIRST_REASON} = '{SENDABLE}') AS sendable, array_agg(p.id) AS ids
    {PEOPLE}
) AS found
"""


class EstimateRefused(Refusal):
    code = "segment.estimate"


class CountsAlready(EstimateRefused):
    code = "segment.counts_already"


@dataclass(frozen=True, slots=True)
class Estimate:
    total: int
    with_phone: int
    subscribed: int
    sendable: int
    sample: list[Profile]


def estimate(
    project: Project, rule: Group, clock: Clock, *, patience: int, lock: int = LOCK
) -> Estimate:
    """Raises EstimateRefused, CountsAlready."""
    where, parameters = condition_of_rule(rule, clock)
    known: dict[str, Any] = {**parameters, "project": project.pk}
    with transaction.atomic():
        one_at_a_time(project, lock)
        with limited_to(patience) as cursor:
            cursor.execute(COUNTS.format(rule=where), known)
            total, with_phone, subscribed, sendable, first = cursor.fetchone()
        sample = list(Profile.objects.filter(pk__in=first).order_by("pk"))
    return Estimate(total, with_phone, subscribed, sendable, sample)


def count_people(
    project: Project, rule: Group, clock: Clock, *, patience: int = PATIENCE_OF_A_WORKER
) -> int:
    """Raises EstimateRefused."""
    where, parameters = condition_of_rule(rule, clock)
    known: dict[str, Any] = {**parameters, "project": project.pk}
    with limited_to(patience) as cursor:
        cursor.execute(f"SELECT count(*) {PEOPLE.format(rule=where)}", known)
        (count,) = cursor.fetchone()
    return int(count)


def count_events(
    project: Project, happened: Happened, clock: Clock, *, patience: int = PATIENCE_OF_A_WORKER
) -> int:
    """How often it happened, whoever did it. Raises EstimateRefused."""
    statement = Statement(clock)
    found = happened.found(statement)
    known: dict[str, Any] = {**statement.parameters, "project": project.pk}
    with limited_to(patience) as cursor:
        cursor.execute(f"SELECT count(*) {found}", known)
        (count,) = cursor.fetchone()
    return int(count)


def one_at_a_time(project: Project, lock: int) -> None:
    """Until the transaction ends. Raises CountsAlready."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, project.pk])
        (is_free,) = cursor.fetchone()
    if not is_free:
        raise CountsAlready("Somebody is counting already.")


@contextmanager
def limited_to(milliseconds: int) -> Iterator[CursorWrapper]:
    """For each statement within. Raises EstimateRefused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {milliseconds:d}")
            yield cursor
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise EstimateRefused(
            f"Counting takes longer than {milliseconds // 1_000} seconds."
        ) from error
