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
_SAMPLE = f"""
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
# A property's text, or the texts of its list.
_FREQUENT = f"""
SELECT name, value FROM (
    SELECT name, value, row_number() OVER (PARTITION BY name ORDER BY count(*) DESC, value) AS place
    FROM ({_SAMPLE}) AS person
    CROSS JOIN unnest(%(names)s::text[]) AS name
    CROSS JOIN LATERAL jsonb_array_elements(
        CASE jsonb_typeof(properties -> name)
            WHEN 'array' THEN properties -> name
            WHEN 'string' THEN jsonb_build_array(properties -> name)
            ELSE '[]'
        END
    ) AS listed(element)
    CROSS JOIN LATERAL (SELECT element #>> '{{}}') AS said(value)
    WHERE jsonb_typeof(element) = 'string' AND char_length(value) BETWEEN 1 AND {LONGEST}
    GROUP BY name, value
) AS ranked WHERE place <= {MOST} ORDER BY name, place
"""


@dataclass(frozen=True, slots=True)
class Offered:
    """The most frequent first; countries by their codes."""

    properties: Mapping[str, list[str]] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)


def offered(project: Project, *, names: Iterable[str], others: bool) -> Offered:
    """Of these properties, and languages and countries where `others` are wanted, too."""
    properties: dict[str, list[str]] = {}
    for name, value in _rows(_FREQUENT, project, names=list(names)) if names else ():
        properties.setdefault(name, []).append(value)
    if not others:
        return Offered(properties)
    people = _rows(f"SELECT language, phone FROM ({_SAMPLE}) AS person", project)
    languages = Counter(language for language, _ in people if language)
    countries = Counter(code for _, phone in people if (code := country_of(phone)))
    return Offered(properties, _frequent(languages), _frequent(countries))


def _frequent(counted: Counter[str]) -> list[str]:
    return [value for value, _ in counted.most_common(MOST)]


def _rows(statement: str, project: Project, **given: Any) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"project": project.pk, **given})
        found: list[tuple[str, str]] = cursor.fetchall()
    return found
