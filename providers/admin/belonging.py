"""To which project a row belongs, read off the foreign keys of its model."""

from collections import deque
from typing import Any

from django.db.models import ForeignKey, Model, QuerySet

from providers.models import Project, User


def project_path_of(model: type[Model]) -> str | None:
    """The shortest way from a model to its project, like "template__project".

    None for what belongs to no project, like a content type.
    """
    if model is Project:
        return "pk"
    if model is User:
        return "memberships__project"
    waiting: deque[tuple[str, type[Model]]] = deque([("", model)])
    seen = {model}
    while waiting:
        prefix, here = waiting.popleft()
        for field in here._meta.fields:
            target = field.related_model if isinstance(field, ForeignKey) else None
            if target is Project:
                return f"{prefix}{field.name}"
            if isinstance(target, type) and target not in seen and target is not User:
                seen.add(target)
                waiting.append((f"{prefix}{field.name}__", target))
    return None


def within_project(rows: QuerySet[Any], project: Project | None) -> QuerySet[Any]:
    """Those of the rows that belong to the project; rows of no project at all pass unchanged."""
    path = project_path_of(rows.model)
    if path is None:
        return rows
    return rows.filter(**{path: project.pk}) if project else rows.none()
