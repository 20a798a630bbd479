"""Ways of looking at a list, kept by a name for everybody in the project: what all of them share.
Each list has its own acts, which say what they have done."""

from campaigns.audience.segments.naming import hold_project
from campaigns.models.kept_view import KeptView
from providers.names.visible_names import hidden_in
from providers.refusals import Refusal

MOST = 30
LONGEST_NAME = 60
GONE = "Somebody has deleted this view already."


class ViewError(Refusal):
    """Why a view is not kept, in plain words."""

    code = "people_view.refused"


def save_view(view: KeptView) -> None:
    """Of a list, in the caller's transaction. Raises ViewError."""
    hold_project(view.project_id)
    name = " ".join(view.name.split())
    views = type(view)._default_manager.filter(project=view.project_id)
    if not name:
        raise ViewError("Give the view a name.")
    if hidden := hidden_in(name):
        raise ViewError(hidden)
    if views.filter(name__iexact=name).exists():
        raise ViewError(f"There is a view “{name}” already. Choose another name.")
    if views.count() >= MOST:
        raise ViewError(f"This project has {MOST} views. Delete one that nobody uses.")
    view.name = name[:LONGEST_NAME]
    view.save()


def hold_view(view: KeptView) -> None:
    """Until the end of the caller's transaction, which deletes it. Raises ViewError where it is
    gone."""
    if not type(view)._default_manager.select_for_update().filter(pk=view.pk).exists():
        raise ViewError(GONE, code="people_view.gone")
