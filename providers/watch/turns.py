"""Projects take turns where one round is not enough for all that waits."""

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
