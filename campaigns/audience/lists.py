"""Custom lists: making and deleting them, and how many people they hold."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Subquery

from campaigns.audience.segments.naming import campaigns_with, hold_project, segments_with
from campaigns.models import CustomList, ListMember
from providers.models import Project
from providers.names.free_names import first_free
from providers.names.naming_some import some_quoted
from providers.names.visible_names import hidden_in
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change

MOST_COUNTED = 10_000  # in lists of lists; one list by itself is counted to its end
LONGEST_NAME = 100
MOST = 10_000  # of a project: menus of pages hold them all
TOO_MANY = f"This project has {MOST:,} lists. Delete some that nobody needs."
GONE = "Somebody has deleted this list already."


class ListError(Refusal):
    """Why a list can't be made or deleted, in plain words."""

    code = "list.in_use"


@transaction.atomic
def list_called(project: Project, name: str, *, by: Actor) -> CustomList:
    """A new list. Raises ListError."""
    if hidden := hidden_in(name):
        raise ListError(hidden, code="list.name")
    _check_room(project)
    made, is_new = CustomList.objects.get_or_create(
        project=project, name=name, defaults={"created_by": by.person}
    )
    if not is_new:
        raise ListError(
            f"There is already a list called “{name}”. Choose it or another name.",
            code="list.name_taken",
        )
    _audit(made, "added", by=by)
    return made


@transaction.atomic
def save_list(custom_list: CustomList, *, by: Actor, changes: Sequence[Change] = ()) -> None:
    """A new list, or one with another name."""
    is_new = custom_list._state.adding
    if is_new:
        _check_room(custom_list.project)
        custom_list.created_by = by.person
    custom_list.save()
    if is_new:
        _audit(custom_list, "added", by=by)
    elif changes:
        _audit(custom_list, "changed", by=by, changes=changes)


def _check_room(project: Project) -> None:
    """Raises ListError."""
    if CustomList.objects.filter(project=project).count() >= MOST:
        raise ListError(TOO_MANY, code="list.too_many")


def held(list_id: int | None) -> int | None:
    """The same, where there is such a list: whoever deletes it waits until the transaction has
    ended, and takes away who has come into it. Where it is gone, None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM campaigns_customlist WHERE id = %s FOR KEY SHARE", [list_id])
        found = cursor.fetchone()
    return int(found[0]) if found else None


def free_name(project: Project, name: str) -> str:
    """This one, or with a number behind it where another list has it."""
    lists = CustomList.objects.filter(project=project)
    return first_free(lists, name[: LONGEST_NAME - 10], "{stem} {number}")


def with_counts(lists: QuerySet[CustomList]) -> QuerySet[CustomList]:
    """Each with `people`: their number, at most MOST_COUNTED + 1."""
    members = ListMember.objects.filter(custom_list=OuterRef("pk"))[: MOST_COUNTED + 1]
    return lists.annotate(people=SubqueryCount(members.values("pk")))


def empty_among(ids: Iterable[int | None]) -> list[CustomList]:
    named = [pk for pk in ids if pk is not None]
    if not named:
        return []
    members = ListMember.objects.filter(custom_list=OuterRef("pk"))
    return list(CustomList.objects.filter(~Exists(members), pk__in=named).order_by("name"))


class SubqueryCount(Subquery):
    """Counts rows that are limited first: Django would put the limit behind the count."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@transaction.atomic
def delete_list(custom_list: CustomList, *, by: Actor) -> None:
    """The people stay in the project. Raises ListError where a campaign or a segment uses it."""
    hold_project(custom_list.project_id)
    names = campaigns_with(custom_list=custom_list)
    segments = segments_with(custom_list.project, on="list", number=custom_list.pk)
    names += [f"{segment}" for segment in segments]
    if names:
        raise ListError(f"This list can't be deleted: it is used by {some_quoted(names)}.")
    if not CustomList.objects.select_for_update().filter(pk=custom_list.pk).exists():
        raise ListError(GONE, code="list.gone")
    _audit(custom_list, "deleted", by=by)
    # In one statement: Django would first load every member.
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM campaigns_listmember WHERE custom_list_id = %s", [custom_list.pk]
        )
    custom_list.delete()


def _audit(
    custom_list: CustomList, happened: str, *, by: Actor, changes: Sequence[Change] = ()
) -> None:
    action, project = f"customlist.{happened}", custom_list.project
    auditing.record(action, by=by, project=project, target=custom_list, changes=changes)
