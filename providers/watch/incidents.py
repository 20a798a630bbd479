"""Opening and closing incidents: one open row per kind and project, counted while it lasts."""

from django.db import connection
from django.utils import timezone

from providers.models import ACCOUNT_KINDS, Incident, IncidentKind

REPORT = """
INSERT INTO providers_incident (project_id, kind, detail, count, opened_at, last_seen_at)
VALUES (%s, %s, %s, 1, now(), now())
ON CONFLICT (project_id, kind) WHERE closed_at IS NULL
DO UPDATE SET count = providers_incident.count + 1, last_seen_at = now(), detail = excluded.detail
"""


def report(project_id: int, kind: IncidentKind, *, detail: str) -> None:
    """`detail` is for the project's people: plain words, no secret, nobody's phone."""
    with connection.cursor() as cursor:
        cursor.execute(REPORT, [project_id, kind.value, detail])


def close_account(project_id: int) -> int:
    """Gupshup takes this project's messages again. How many were open."""
    return close(project_id, *ACCOUNT_KINDS)


def close(project_id: int, *kinds: IncidentKind) -> int:
    """How many were open."""
    return (
        Incident.objects.open()
        .filter(project_id=project_id, kind__in=kinds)
        .update(closed_at=timezone.now())
    )
