"""Custom lists: making and deleting them, and how many people they hold."""

from django.db import connection, transaction
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery

from campaigns.models import Campaign, CustomList, ListMember
from providers.models import Project, User

MOST_COUNTED = 10_000  # in lists of lists; one list by itself is counted to its end


class ListError(Exception):
    """Why a list can't be made or deleted, in plain words."""


def list_called(project: Project, name: str, *, by: User) -> CustomList:
    """A new list. Raises ListError."""
    made, is_new = CustomList.objects.get_or_create(
        project=project, name=name, defaults={"created_by": by}
    )
    if not is_new:
        raise ListError(f"There is already a list called “{name}”. Choose it or another name.")
    return made


def with_counts(lists: QuerySet[CustomList]) -> QuerySet[CustomList]:
    """Each with `people`: their number, at most MOST_COUNTED + 1."""
    members = ListMember.objects.filter(custom_list=OuterRef("pk"))[: MOST_COUNTED + 1]
    return lists.annotate(people=SubqueryCount(members.values("pk")))


class SubqueryCount(Subquery):
    """Counts rows that are limited first: Django would put the limit behind the count."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def delete_list(custom_list: CustomList) -> None:
    """The people stay in the project. Raises ListError where a campaign uses the list."""
    users = Campaign.objects.filter(audience_list=custom_list).order_by("-pk")
    names = list(users.values_list("name", flat=True)[:3])
    if names:
        campaigns = ", ".join(f"“{name}”" for name in names)
        raise ListError(f"This list can't be deleted: it is used by {campaigns}.")
    with transaction.atomic():
        # In one statement: Django would first load every member.
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM campaigns_listmember WHERE custom_list_id = %s", [custom_list.pk]
            )
        custom_list.delete()
