"""Ways of looking at the list of messages, kept by a name for everybody in the project."""

from collections.abc import Mapping

from django.db import transaction

from campaigns.audience.kept_views import ViewError, hold_view, save_view
from campaigns.models import MessageView
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

LONGEST_VALUE = 100  # of a filter
NOTHING_CHOSEN = "Choose at least one filter first: without one, the list is all messages."


@transaction.atomic
def keep_view(project: Project, name: str, *, filters: Mapping[str, str], by: Actor) -> MessageView:
    """Raises ViewError."""
    if not filters:
        raise ViewError(NOTHING_CHOSEN)
    view = MessageView(project=project, name=name, filters=dict(filters), created_by=by.person)
    save_view(view)
    auditing.record("messageview.added", by=by, project=project, target=view)
    return view


@transaction.atomic
def delete_view(view: MessageView, *, by: Actor) -> None:
    """Raises ViewError where it is gone."""
    hold_view(view)
    auditing.record("messageview.deleted", by=by, project=view.project, target=view)
    view.delete()


def views_of(project: Project) -> list[MessageView]:
    return list(MessageView.objects.filter(project=project).order_by("name"))
