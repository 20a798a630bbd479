"""Ways of looking at the list of people, kept by a name for everybody in the project."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from campaigns.audience.paging import Order
from campaigns.audience.segments.naming import hold_project, rename_in
from campaigns.models import PeopleView
from providers.models import Project
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor

MOST = 30
LONGEST_NAME = 60
MOST_COLUMNS = 6


class ViewError(Refusal):
    """Why a view is not kept, in plain words."""

    code = "people_view.refused"


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
    hold_project(project.pk)
    name = " ".join(name.split())
    views = PeopleView.objects.filter(project=project)
    if not name:
        raise ViewError("Give the view a name.")
    if views.filter(name__iexact=name).exists():
        raise ViewError(f"There is a view “{name}” already. Choose another name.")
    if views.count() >= MOST:
        raise ViewError(f"This project has {MOST} views. Delete one that nobody uses.")
    view = PeopleView.objects.create(
        project=project,
        name=name[:LONGEST_NAME],
        rule=rule,
        order=order,
        columns=list(columns)[:MOST_COLUMNS],
        created_by=by.person,
    )
    auditing.record("peopleview.added", by=by, project=project, target=view)
    return view


@transaction.atomic
def delete_view(view: PeopleView, *, by: Actor) -> None:
    """Raises ViewError where it is gone."""
    if not PeopleView.objects.select_for_update().filter(pk=view.pk).exists():
        raise ViewError("Somebody has deleted this view already.", code="people_view.gone")
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
