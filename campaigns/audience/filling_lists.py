"""People into a list and out of it: whom a source finds now, in one statement, however many."""

from django.db import connection, transaction

from campaigns.audience.lists import GONE, ListError, list_called
from campaigns.audience.source import AudienceSource
from campaigns.models import CustomList
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

# Of the project alone, whatever the source names. In the order of their numbers, so that two who
# fill one list wait for each other instead of in a circle.
_PUT = """
INSERT INTO campaigns_listmember (custom_list_id, profile_id)
SELECT %(changed)s, p.id FROM campaigns_profile p {join}
WHERE p.project_id = %(project)s AND {condition} AND {is_kept}
ORDER BY p.id
ON CONFLICT DO NOTHING
"""
_TAKE = """
DELETE FROM campaigns_listmember member USING campaigns_profile p {join}
WHERE member.custom_list_id = %(changed)s AND p.id = member.profile_id
    AND p.project_id = %(project)s AND {condition} AND {is_kept}
"""


@transaction.atomic
def list_of(project: Project, name: str, source: AudienceSource, *, by: Actor) -> CustomList:
    """A new list of those whom it finds now; who comes later is not in it. Raises ListError."""
    made = list_called(project, name, by=by)
    _change(_PUT, made, source)
    return made


def put_into(custom_list: CustomList, source: AudienceSource, *, by: Actor) -> int:
    """How many came into it; who was in it stays once. Raises ListError where it is gone."""
    return _change_held(_PUT, custom_list, source, action="customlist.filled", by=by)


def take_from(custom_list: CustomList, source: AudienceSource, *, by: Actor) -> int:
    """How many went; they stay in the project. Raises ListError where it is gone."""
    return _change_held(_TAKE, custom_list, source, action="customlist.thinned", by=by)


@transaction.atomic
def _change_held(
    statement: str, custom_list: CustomList, source: AudienceSource, *, action: str, by: Actor
) -> int:
    """Whoever deletes it waits, and one who has changes nothing any more."""
    held = CustomList.objects.select_for_update(no_key=True).filter(pk=custom_list.pk)
    if not held.exists():
        raise ListError(GONE, code="list.gone")
    people = _change(statement, custom_list, source)
    if people:
        note = f"{people:,} {'person' if people == 1 else 'people'}"
        auditing.record(action, by=by, project=custom_list.project, target=custom_list, note=note)
    return people


def _change(statement: str, custom_list: CustomList, source: AudienceSource) -> int:
    sql = statement.format(join=source.join, condition=source.condition, is_kept=source.is_kept)
    of_list = {"changed": custom_list.pk, "project": custom_list.project_id}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**source.parameters, **of_list})
        changed: int = cursor.rowcount
    return changed
