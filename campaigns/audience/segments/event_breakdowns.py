"""What the figures of an event are made of: over the days, and by the values of a property."""

from enum import StrEnum
from typing import Any

from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.conditions.numbers import number_sql
from campaigns.audience.segments.conditions.values import Value
from campaigns.audience.segments.estimating import limited_to
from campaigns.audience.segments.given import LARGEST_NUMBER
from campaigns.audience.segments.rules import Statement
from campaigns.audience.segments.spans import Clock
from providers.models import Project


class Step(StrEnum):
    """Each as PostgreSQL writes it; weeks are those of ISO 8601, with their year."""

    DAILY = "YYYYMMDD"
    WEEKLY = "IYYYIW"
    MONTHLY = "YYYYMM"


def over_time(
    project: Project,
    happened: Happened,
    clock: Clock,
    step: Step,
    *,
    each_person_once: bool,
    summed: str,
    patience: int,
) -> dict[str, float]:
    """By days, weeks or months of the clock's zone that had one: how often it happened, how many
    people did it, or the sum of the number `summed`. Raises EstimateRefused."""
    statement = Statement(clock)
    found = happened.found(statement)
    counted = _counted(statement, each_person_once=each_person_once, summed=summed)
    day = f"to_char(o.at AT TIME ZONE {statement.value(str(clock.zone))}, '{step}')"
    return _told(
        project, f"SELECT {day}, {counted} {found} GROUP BY 1 ORDER BY 1", statement, patience
    )


def by_value(
    project: Project,
    happened: Happened,
    clock: Clock,
    name: str,
    *,
    most: int,
    rarest: bool,
    patience: int,
) -> dict[str, float]:
    """The most frequent values, or the rarest, and how often each came. Raises EstimateRefused."""
    statement = Statement(clock)
    found = happened.found(statement)
    value = Value(name, row="o").json(statement)
    single = f"jsonb_typeof({value}) IN ('string', 'number', 'boolean')"
    order = "ASC" if rarest else "DESC"
    return _told(
        project,
        f"SELECT {value} #>> '{{}}', count(*) {found} AND {single}"
        f" GROUP BY 1 ORDER BY 2 {order}, 1 LIMIT {statement.value(most)}",
        statement,
        patience,
    )


def _counted(statement: Statement, *, each_person_once: bool, summed: str) -> str:
    if each_person_once:
        return "count(DISTINCT o.profile_id)"
    if not summed:
        return "count(*)"
    number = number_sql(Value(summed, row="o"), statement)
    return f"COALESCE(sum({number}) FILTER (WHERE abs({number}) <= {LARGEST_NUMBER}), 0)"


def _told(project: Project, sql: str, statement: Statement, patience: int) -> dict[str, float]:
    known: dict[str, Any] = {**statement.parameters, "project": project.pk}
    with limited_to(patience) as cursor:
        cursor.execute(sql, known)
        rows = cursor.fetchall()
    return {name: int(count) if count == int(count) else float(count) for name, count in rows}
