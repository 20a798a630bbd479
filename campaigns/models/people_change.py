"""One flag of many people, changed by one order; and what each had before, to take it back."""

from typing import Self

from django.db import models
from django.utils import timezone

from campaigns.models.profile import Profile
from providers.models import Project, User


class PeopleChangeQuerySet(models.QuerySet["PeopleChange"]):
    def under_way(self) -> Self:
        return self.filter(status__in=[PeopleChange.Status.RUNNING, PeopleChange.Status.UNDOING])


class PeopleChange(models.Model):
    class What(models.TextChoices):
        OPT_OUT = "opt_out", "Opt out"
        TEST = "test", "Make test profiles"
        NO_TEST = "no_test", "Make ordinary profiles"

    class Status(models.TextChoices):
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="people_changes")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    people = models.PositiveIntegerField(default=0)
    # How many of them became something else, less those of whom that is undone.
    changed = models.PositiveIntegerField(default=0)
    walked_to = models.BigIntegerField(default=0)  # the last profile of this walk
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    # What people had before is forgotten: nothing can be undone any more.
    is_final = models.BooleanField(default=False)

    objects = PeopleChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.people:,}"

    @property
    def can_be_undone(self) -> bool:
        return not self.is_final and self.status in (self.Status.RUNNING, self.Status.DONE)


class ChangedPerson(models.Model):
    """One of those whom an order is about. Slim, without foreign keys in the database, as there may
    be a million; whose profile is gone meanwhile is passed by."""

    pk = models.CompositePrimaryKey("change_id", "profile_id")
    change = models.ForeignKey(
        PeopleChange,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    profile = models.ForeignKey(
        Profile, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    was = models.BooleanField(null=True)
    changed_at = models.DateTimeField(null=True)  # NULL as long as it is not

    def __str__(self) -> str:
        return f"{self.change_id}:{self.profile_id}"
