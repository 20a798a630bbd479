"""Ways of looking at the list of people, kept by a name for everybody in the project."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from campaigns.audience.kept_views import hold_view, save_view
from campaigns.audience.paging import Order
from campaigns.audience.segments.naming import rename_in
from campaigns.models import PeopleView
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

MOST_COLUMNS = 6


@transaction.atomic
def keep_view(
    project: Project,
    name: str,
    *,
    rule: dict[str, Any],
    order: Order,
    columns: Sequence[str],
    by: Actor,
) -> PeopleView:
    """Raises ViewError."""
    view = PeopleView(
        project=project,
        name=name,
        rule=rule,
        order=order,
        columns=list(columns)[:MOST_COLUMNS],
        created_by=by.person,
    )
    save_view(view)
    auditing.record("peopleview.added", by=by, project=project, target=view)
    return view


@transaction.atomic
def delete_view(view: PeopleView, *, by: Actor) -> None:
    """Raises ViewError where it is gone."""
    hold_view(view)
    auditing.record("peopleview.deleted", by=by, project=view.project, target=view)
    view.delete()


def views_of(project: Project) -> list[PeopleView]:
    return list(PeopleView.objects.filter(project=project).order_by("name"))


def rename_property_in_views(project: Project, old: str, new: str) -> None:
    views = views_of(project)
    for view in views:
        rename_in(view.rule, old, new)
        view.columns = [new if column == old else column for column in view.columns]
    PeopleView.objects.bulk_update(views, ["rule", "columns"])
