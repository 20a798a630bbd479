"""People: profiles, the block of a phone, fixed lists, and the history of subscriptions.

What an import writes by the million has no foreign keys in the database and no index that another
one covers: each of them costs an import as much as a third of its work.
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from providers.models import Project, User


class Source(models.TextChoices):
    """Where a change of somebody's subscription came from."""

    IMPORT = "import", "Import"
    API = "api", "API"
    CONSOLE = "console", "Console"
    KEYWORD = "keyword", "Keyword"
    BUTTON = "button", "Button"


class ProfileQuerySet(models.QuerySet["Profile"]):
    def of(self, project: Project) -> Self:
        return self.filter(project=project)


class PropertyType(models.TextChoices):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Date"


class ProfileProperty(models.Model):
    """A property of one's own and its type; JSON has no dates, so they are ISO 8601 text in UTC."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="properties")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=10, choices=PropertyType.choices)

    class Meta:
        verbose_name_plural = "profile properties"
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="one_property_name")
        ]

    def __str__(self) -> str:
        return self.name


class Profile(models.Model):
    """A person the project knows; several profiles may share one phone."""

    project = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="profiles",
        db_index=False,
        db_constraint=False,
    )
    identity = models.CharField(max_length=255, help_text="Your own key for this person.")
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=16, blank=True, help_text="With + and country code.")
    match_key = models.BigIntegerField(null=True, editable=False)
    # Why the given phone is not usable; the reason stands in results as invalid_phone.
    phone_is_invalid = models.BooleanField(default=False, editable=False)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    subscribed = models.BooleanField(
        "MSG-whatsapp",
        null=True,
        blank=True,
        help_text="Only people with “Yes” here get messages; unknown counts as no.",
    )
    is_test = models.BooleanField("test profile", default=False)
    first_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)

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
        ]

    def __str__(self) -> str:
        return self.name or self.identity


class PhoneBlock(models.Model):
    """MSG-dndWhatsApp of one phone, also of a phone that no profile has (yet)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="phone_blocks")
    match_key = models.BigIntegerField()
    blocked = models.BooleanField()
    # A person's own STOP: only that person's START or somebody in the console undoes it.
    own_word = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=Source.choices)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "match_key"], name="one_phone_block")
        ]

    def __str__(self) -> str:
        return "blocked" if self.blocked else "not blocked"


class SubscriptionChange(models.Model):
    """One change of MSG-whatsapp (a profile's) or MSG-dndWhatsApp (a phone's), kept for ever."""

    class Flag(models.TextChoices):
        SUBSCRIBED = "MSG-whatsapp", "MSG-whatsapp"
        BLOCKED = "MSG-dndWhatsApp", "MSG-dndWhatsApp"

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    profile = models.ForeignKey(
        Profile,
        on_delete=models.CASCADE,
        null=True,
        related_name="subscription_changes",
        db_constraint=False,
    )
    match_key = models.BigIntegerField(null=True)
    flag = models.CharField(max_length=20, choices=Flag.choices)
    value = models.BooleanField(null=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["match_key", "project"],
                condition=Q(match_key__isnull=False),
                name="subscription_by_phone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.flag} = {self.value}"


class CustomList(models.Model):
    """A fixed set of profiles, uploaded once."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="lists")
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_list_name")]

    def __str__(self) -> str:
        return self.name


class ListMember(models.Model):
    custom_list = models.ForeignKey(
        CustomList,
        on_delete=models.CASCADE,
        related_name="members",
        db_index=False,
        db_constraint=False,
    )
    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, related_name="memberships", db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["custom_list", "profile"], name="one_list_member")
        ]

    def __str__(self) -> str:
        return f"{self.custom_list_id}:{self.profile_id}"
