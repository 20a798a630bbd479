"""A person the project knows.

What an import writes by the million has no foreign keys in the database and no index that another
one covers: each of them costs an import as much as a third of its work.
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from providers.models import Project
from providers.models.fields import LooseForeignKey


class ProfileQuerySet(models.QuerySet["Profile"]):
    def of(self, project: Project) -> Self:
        return self.filter(project=project)


class Profile(models.Model):
    """A person the project knows; several profiles may share one phone."""

    project = LooseForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="profiles",
    )
    identity = models.CharField(max_length=255, help_text="Your own key for this person.")
    # What is left out by an import into a project without anybody, PostgreSQL fills in.
    name = models.CharField(max_length=200, blank=True, default="", db_default="")
    phone = models.CharField(
        max_length=16, blank=True, default="", db_default="", help_text="With + and country code."
    )
    match_key = models.BigIntegerField(null=True, editable=False)
    # Why the given phone is not usable; the reason stands in results as invalid_phone.
    phone_is_invalid = models.BooleanField(default=False, db_default=False, editable=False)
    email = models.CharField(max_length=254, blank=True, default="", db_default="")
    language = models.CharField(max_length=20, blank=True, default="", db_default="")
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    properties = models.JSONField(default=dict, blank=True)
    subscribed = models.BooleanField(
        "MSG-whatsapp",
        null=True,
        blank=True,
        help_text="Only people with “Yes” here get messages; unknown counts as no.",
    )
    # How that began, where an import or an upload said it of somebody new.
    subscription_start = LooseForeignKey(
        "campaigns.SubscriptionStart", on_delete=models.DO_NOTHING, null=True, editable=False
    )
    is_test = models.BooleanField("test profile", default=False, db_default=False)
    first_seen_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            # The identity first, like the phone below: a lookup by it can then use no other index
            # by mistake, however stale the planner's figures are. The operator class serves
            # searches by prefix too.
            models.UniqueConstraint(
                fields=["identity", "project"],
                name="one_identity",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            )
        ]
        indexes = [
            models.Index(fields=["match_key", "project"], name="profile_by_phone"),
            # Launching walks the project's profiles in chunks of ascending keys.
            models.Index(fields=["project", "id"], name="profile_walk"),
            # Few among very many, asked for by each page that tries something out.
            models.Index(fields=["project"], name="test_profile", condition=Q(is_test=True)),
        ]

    def __str__(self) -> str:
        return self.name or self.identity
