"""Properties that are being renamed, deleted or read anew: nobody else writes them meanwhile, as
the walk over all people would pass such a value by, or lose it."""

from django.db.models import QuerySet

from campaigns.models import PropertyChange
from providers.models import Project

BUSY = "It is being changed on the page of properties just now. Try again in a minute."


def changes_under_way(project: Project) -> QuerySet[PropertyChange]:
    return PropertyChange.objects.filter(project=project).order_by("pk")


def busy_names(project: Project) -> frozenset[str]:
    """Old ones and new ones."""
    pairs = changes_under_way(project).values_list("old_name", "new_name")
    return frozenset(name for pair in pairs for name in pair if name)
