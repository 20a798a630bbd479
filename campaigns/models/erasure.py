"""Who is to be erased and who was: ids, and of their phones nothing but keyed hashes."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.subscription import Source
from providers.models import Project, User
from providers.models.fields import LooseForeignKey


class Erasure(models.Model):
    """One order to erase some people."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="erasures")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    people = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    # The journal is written, and files of imports are looked through.
    prepared_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=Q(finished_at__isnull=True), name="erasure_unfinished"
            )
        ]

    def __str__(self) -> str:
        return f"Erasure {self.pk}"


class ErasedProfileQuerySet(models.QuerySet["ErasedProfile"]):
    def waiting(self) -> Self:
        return self.filter(erased_at=None)


class ErasedProfile(models.Model):
    """The journal: applied again where a backup brings somebody back. Ids outlive their people."""

    erasure = models.ForeignKey(
        Erasure, on_delete=models.CASCADE, related_name="profiles", db_index=False
    )
    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    profile_id = models.BigIntegerField()
    erased_at = models.DateTimeField(null=True)
    # What was written of them while they were being erased is looked for once more.
    looked_again_at = models.DateTimeField(null=True)

    objects = ErasedProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["erasure", "profile_id"], name="one_erased_profile")
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(erased_at__isnull=True), name="erased_profile_waiting"
            ),
            models.Index(
                fields=["id"],
                condition=Q(erased_at__isnull=False, looked_again_at__isnull=True),
                name="erased_profile_once_more",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}"


class ErasedPhone(models.Model):
    """A phone of somebody who was erased. It tells the person's own STOP when the phone comes
    back, and whose digits are overwritten in callbacks that are kept."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="erased_phones", db_index=False
    )
    # HMAC-SHA256 over the project and the match key, under ERASURE_KEY.
    digest = models.BinaryField(max_length=32)
    # What the person has said, as PhoneBlock has it; false once the block is there again.
    blocked = models.BooleanField(default=False)
    marketing_stopped = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=Source.choices, blank=True)
    stopped_at = models.DateTimeField(null=True)
    marketing_stopped_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField()
    # The callback up to which its digits are gone, and when the walk last was at the newest one.
    walked_to = models.BigIntegerField(default=0)
    walked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "digest"], name="one_erased_phone")
        ]

    def __str__(self) -> str:
        return f"Erased phone {self.pk}"
