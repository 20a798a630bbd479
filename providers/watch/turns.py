"""Projects take turns where one round is not enough for all that waits."""

import random
from collections.abc import Sequence
from typing import TypeVar

from django.db.models import F, Model, QuerySet, Window
from django.db.models.expressions import OrderBy
from django.db.models.functions import RowNumber

ROW = TypeVar("ROW", bound=Model)


def in_turns(
    rows: QuerySet[ROW], project: str, *, first: Sequence[str | OrderBy] = ("pk",)
) -> QuerySet[ROW]:
    """One of each project, then each one's next: `first` says which that is. Who begins is drawn:
    what is tried again and again, and comes to nothing, keeps no other project's waiting."""
    turn = Window(RowNumber(), partition_by=F(project), order_by=list(first))
    return rows.order_by(turn.asc(), "?")


def drawn(rows: QuerySet[ROW]) -> QuerySet[ROW]:
    """Those of one project, whichever: nobody's few wait behind another's many. None where there
    are none."""
    projects = list(rows.order_by().values_list("project", flat=True).distinct())
    return rows.filter(project=random.choice(projects)) if projects else rows.none()  # noqa: S311  no secret
