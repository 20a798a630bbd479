"""Values that somebody may choose from while building a rule: those that most people have.

People are looked at here and there, never all of them: what is offered is a help, not a count.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from providers.models import Project
from providers.phones.country_of import country_of

PLACES, AT_EACH = 20, 100  # spread evenly over the project's people
MOST, LONGEST = 20, 80
PEOPLE_HERE_AND_THERE = f"""
SELECT DISTINCT ON (p.id) p.properties, p.language, p.phone
FROM (SELECT min(id) AS low, max(id) AS high
      FROM campaigns_profile WHERE project_id = %(project)s) AS ends
CROSS JOIN generate_series(0, {PLACES - 1}) AS place
CROSS JOIN LATERAL (
    SELECT id, properties, language, phone FROM campaigns_profile
    WHERE project_id = %(project)s AND id >= low + (high - low) * place / {PLACES}
    ORDER BY id LIMIT {AT_EACH}
) AS p
"""
# The newest of one event.
_EVENTS = f"""
SELECT properties FROM campaigns_occurrence WHERE kind_id = %(kind)s
ORDER BY at DESC LIMIT {PLACES * AT_EACH}
"""
# A property's text, or the texts of its list; of {sample}.
_FREQUENT = """
SELECT name, value FROM (
    SELECT name, value, row_number() OVER (PARTITION BY name ORDER BY count(*) DESC, value) AS place
    FROM ({sample}) AS one
    CROSS JOIN unnest(%(names)s::text[]) AS name
    CROSS JOIN LATERAL jsonb_array_elements(
        CASE jsonb_typeof(properties -> name)
            WHEN 'array' THEN properties -> name
            WHEN 'string' THEN jsonb_build_array(properties -> name)
            ELSE '[]'
        END
    ) AS listed(element)
    CROSS JOIN LATERAL (SELECT element #>> '{{}}') AS said(value)
    WHERE jsonb_typeof(element) = 'string' AND char_length(value) BETWEEN 1 AND {longest}
    GROUP BY name, value
) AS ranked WHERE place <= {most} ORDER BY name, place
"""


Values = Mapping[str, list[str]]  # of properties, the most frequent first


@dataclass(frozen=True, slots=True)
class Offered:
    """`events` are properties of events, by their numbers; countries go by their codes."""

    properties: Values = field(default_factory=dict)
    events: Mapping[int, Values] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)


def properties_offered(project: Project, names: Iterable[str]) -> Values:
    return _frequent(PEOPLE_HERE_AND_THERE, names, project=project.pk)


def event_properties_offered(event: int, names: Iterable[str]) -> Values:
    return _frequent(_EVENTS, names, kind=event)


def others_offered(project: Project) -> tuple[list[str], list[str]]:
    """Languages and countries."""
    people = _rows(
        f"SELECT language, phone FROM ({PEOPLE_HERE_AND_THERE}) AS person", project=project.pk
    )
    languages = Counter(language for language, _ in people if language)
    countries = Counter(code for _, phone in people if (code := country_of(phone)))
    return _most_common(languages), _most_common(countries)


def _most_common(counted: Counter[str]) -> list[str]:
    return [value for value, _ in counted.most_common(MOST)]


def _frequent(sample: str, names: Iterable[str], **given: int) -> Values:
    found: dict[str, list[str]] = {}
    if wanted := list(names):
        statement = _FREQUENT.format(sample=sample, longest=LONGEST, most=MOST)
        for name, value in _rows(statement, names=wanted, **given):
            found.setdefault(name, []).append(value)
    return found


def _rows(statement: str, **given: Any) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[tuple[str, str]] = cursor.fetchall()
    return found
