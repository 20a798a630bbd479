"""Labels of campaigns: words by which a team finds them again.

A label is spelled in one way in a project: whoever types it with other capitals means the one there
is. Labels say nothing of what is sent, so a campaign may have others at any time.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Func, QuerySet, TextField

from campaigns.audience.segments.naming import hold_project
from campaigns.models import LONGEST_LABEL, Campaign
from providers.models import Project
from providers.names.visible_names import hidden_in
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor

MOST_LABELS = 10
TOO_MANY = f"A campaign has at most {MOST_LABELS} labels."

# Those that it has stay in their order; one that would have too many stays as it is. A change that
# waits to take a campaign's place has the same, so that they stay when it does.
ADD = """
UPDATE campaigns_campaign SET labels = labels || ARRAY(
    SELECT given FROM unnest(%(labels)s::text[]) AS given WHERE given <> ALL (labels)
)
WHERE project_id = %(project)s AND coalesce(version_of_id, id) = ANY (%(campaigns)s)
    AND NOT labels @> %(labels)s::varchar[]
    AND cardinality(ARRAY(
        SELECT unnest(labels) UNION SELECT unnest(%(labels)s::text[])
    )) <= %(most)s
RETURNING coalesce(version_of_id, id)
"""
TAKE = """
UPDATE campaigns_campaign SET labels = ARRAY(
    SELECT label FROM unnest(labels) WITH ORDINALITY AS each (label, place)
    WHERE label <> ALL (%(labels)s::text[]) ORDER BY place
)
WHERE project_id = %(project)s AND coalesce(version_of_id, id) = ANY (%(campaigns)s)
    AND labels && %(labels)s::varchar[]
RETURNING coalesce(version_of_id, id)
"""


class LabelError(Refusal):
    """What is wrong with labels that somebody typed."""

    code = "campaign.labels"


def read_labels(text: str) -> list[str]:
    """Between commas or in lines, each once. Raises LabelError."""
    labels: dict[str, str] = {}
    for part in text.replace("\x00", "").replace("\n", ",").split(","):
        label = " ".join(part.split())
        if len(label) > LONGEST_LABEL:
            raise LabelError(f"“{label[:20]}…” is too long: at most {LONGEST_LABEL} characters.")
        if hidden := hidden_in(label):
            raise LabelError(hidden)
        if label:
            labels.setdefault(label.casefold(), label)
    if len(labels) > MOST_LABELS:
        raise LabelError(TOO_MANY)
    return list(labels.values())


def labels_of(project: Project) -> list[str]:
    """Every one that a campaign has."""
    every = Func("labels", function="unnest", output_field=TextField())
    known = Campaign.objects.filter(project=project).values_list(every, flat=True).distinct()
    return sorted(known, key=lambda label: (label.casefold(), label))


def as_spelled(project: Project, labels: Collection[str]) -> list[str]:
    """In the way in which they stand in the project already."""
    known = {label.casefold(): label for label in labels_of(project)}
    return [known.get(label.casefold(), label) for label in labels]


@transaction.atomic
def add_labels(
    project: Project, campaigns: QuerySet[Campaign], labels: Sequence[str], *, by: Actor
) -> int:
    """How many campaigns have one more by that."""
    return _audit("labelled", _changed(ADD, project, campaigns, labels), by=by)


@transaction.atomic
def take_labels(
    project: Project, campaigns: QuerySet[Campaign], labels: Sequence[str], *, by: Actor
) -> int:
    return _audit("unlabelled", _changed(TAKE, project, campaigns, labels), by=by)


def _changed(
    sql: str, project: Project, campaigns: QuerySet[Campaign], labels: Sequence[str]
) -> set[int]:
    hold_project(project.pk)
    given: dict[str, Any] = {
        "project": project.pk,
        "campaigns": list(campaigns.order_by().values_list("pk", flat=True)),
        "labels": as_spelled(project, labels),
        "most": MOST_LABELS,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return {pk for (pk,) in cursor.fetchall()}


def _audit(happened: str, changed: Collection[int], *, by: Actor) -> int:
    targets = Campaign.objects.filter(pk__in=changed).order_by("pk")
    auditing.record_each(f"campaign.{happened}", by=by, targets=targets)
    return len(changed)
