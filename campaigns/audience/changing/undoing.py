"""Taking a change of many people back, for a week; then what they had before is forgotten."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from campaigns.audience.changing.ordering import ChangeError, begin, require_nothing_under_way
from campaigns.models import PeopleChange
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

UNDO_DAYS = 7
Status = PeopleChange.Status
_FORGET = "DELETE FROM campaigns_changedperson WHERE change_id = ANY(%(old)s::bigint[])"


@transaction.atomic
def undo_change(change: PeopleChange, *, by: Actor) -> PeopleChange:
    """Also one that is not done yet: the rest then stay as they are. Raises ChangeError."""
    Project.objects.select_for_update(no_key=True).get(pk=change.project_id)
    require_nothing_under_way(change.project, but=change)
    mine = PeopleChange.objects.select_for_update(no_key=True).filter(pk=change.pk, is_final=False)
    undone = mine.filter(status__in=[Status.RUNNING, Status.DONE]).first()
    if undone is None:
        raise ChangeError("This can't be undone any more.", code="people_change.final")
    undone.status, undone.walked_to, undone.finished_at = Status.UNDOING, 0, None
    undone.save(update_fields=["status", "walked_to", "finished_at"])
    auditing.record("profile.change_undone", by=by, project=change.project, target=undone)
    begin(undone)
    return undone


@transaction.atomic
def forget_old_changes() -> int:
    """How many orders lost what their people had before."""
    before = timezone.now() - timedelta(days=UNDO_DAYS)
    ended = PeopleChange.objects.filter(finished_at__lt=before, is_final=False)
    old = list(ended.select_for_update(no_key=True).values_list("pk", flat=True))
    if old:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, {"old": old})
        PeopleChange.objects.filter(pk__in=old).update(is_final=True)
    return len(old)


def recent_changes(project: Project, *, most: int = 3) -> list[PeopleChange]:
    """The newest first, with those that can still be undone or go on."""
    changes = PeopleChange.objects.filter(project=project, is_final=False).select_related("by")
    return list(changes.order_by("-pk")[:most])
