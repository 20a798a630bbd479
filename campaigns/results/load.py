"""How many marketing messages people had lately, beside what the project's caps allow: counted when
somebody asks, from the messages alone, as the caps count them (gates/frequency_cap.py).
"""

from dataclasses import dataclass

from django.db import connection

from campaigns.audience.segments.estimating import limited_to
from campaigns.gates.frequency_cap import LOAD_OF_PHONE, LOADS
from campaigns.models import Profile
from providers.models import CAP_DAYS, Project

PATIENCE = 8_000  # milliseconds; the months of a large project may take longer

_COUNTS = [
    f"""ARRAY[count(*) FILTER (WHERE loads.{name} > 0),
    count(*) FILTER (WHERE loads.{name} >= %({name})s::int), COALESCE(max(loads.{name}), 0)]"""
    for name in CAP_DAYS
]
_ALL = f"""
SELECT {", ".join(_COUNTS)}
FROM ({LOADS}) AS loads (send_key, {", ".join(CAP_DAYS)})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Of a cap that is set: who had anything in its days, who had as many as it allows, and the
    most that one person had."""

    days: int
    cap: int
    people: int
    full: int
    most: int

    @property
    def span(self) -> str:
        return _span(self.days)


@dataclass(frozen=True, slots=True)
class OwnLoad:
    """Of a cap that is set: how many one person had in its days."""

    days: int
    cap: int
    had: int

    def __str__(self) -> str:
        return f"{self.had:,} of {self.cap:,} in {_span(self.days)}"


def _span(days: int) -> str:
    return f"{days} days" if days > 1 else "24 hours"


def load_of(profile: Profile) -> list[OwnLoad]:
    """By their phone, as the caps count; none where there is no phone, or no cap."""
    caps = {days: getattr(profile.project, name) for name, days in CAP_DAYS.items()}
    if profile.match_key is None or not any(caps.values()):
        return []
    with connection.cursor() as cursor:
        cursor.execute(LOAD_OF_PHONE, {"project": profile.project_id, "key": profile.match_key})
        _, *had = cursor.fetchone() or (None, *(0 for _ in caps))
    return [
        OwnLoad(days, cap, count)
        for (days, cap), count in zip(caps.items(), had, strict=True)
        if cap
    ]


def loads_of(project: Project) -> list[Load]:
    """One for each cap that is set, counting back from now. Raises EstimateRefused where that takes
    too long."""
    if not project.caps:
        return []
    caps = {name: getattr(project, name) for name in CAP_DAYS}
    with limited_to(PATIENCE) as cursor:
        cursor.execute(_ALL, {"project": project.pk, **caps})
        counts = cursor.fetchone()
    return [
        Load(days=days, cap=cap, people=people, full=full, most=most)
        for (name, days), (people, full, most) in zip(CAP_DAYS.items(), counts, strict=True)
        if (cap := caps[name])
    ]
