"""One row of the project, by the number that stands in the address."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from providers.models import Project

Row = TypeVar("Row", bound=Model)


def row_of(rows: "QuerySet[Row]", project: Project, number: int) -> Row:
    """Raises Http404."""
    found = rows.filter(project=project, pk=number).first()
    if found is None:
        raise Http404
    return found
