"""Who may be written to: the block of a phone, and how each flag came to be as it is."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.profile import Profile
from providers.models import Project
from providers.models.fields import LooseForeignKey


class Source(models.TextChoices):
    """Where a change of somebody's subscription came from."""

    IMPORT = "import", "Import"
    API = "api", "API"
    CONSOLE = "console", "Console"
    KEYWORD = "keyword", "Keyword"
    BUTTON = "button", "Button"
    WHATSAPP = "whatsapp", "WhatsApp"


# Of people who left by themselves, and not because a file or one of us said so.
OWN_HAND = (Source.KEYWORD, Source.BUTTON, Source.WHATSAPP)


class PhoneBlock(models.Model):
    """MSG-dndWhatsApp of one phone, also of a phone that no profile has (yet)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="phone_blocks")
    match_key = models.BigIntegerField()
    blocked = models.BooleanField()
    # A person's own STOP: only that person's START or somebody in the console undoes it.
    own_word = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=Source.choices)
    changed_at = models.DateTimeField(default=timezone.now)
    # They stopped marketing in WhatsApp itself: utility templates and answers still reach them.
    # Apart from `blocked`, since neither their START nor anybody here can lift it at WhatsApp.
    marketing_stopped = models.BooleanField(default=False, db_default=False)
    marketing_changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "match_key"], name="one_phone_block")
        ]

    def __str__(self) -> str:
        return "blocked" if self.blocked else "not blocked"


class SubscriptionStart(models.Model):
    """MSG-whatsapp of people as they came, one row for all who came together with the same value:
    a row each would make an import dearer. Each profile names its own."""

    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    value = models.BooleanField()
    source = models.CharField(max_length=10, choices=Source.choices)
    at = models.DateTimeField()
    # As of a change.
    words = models.CharField(max_length=500, blank=True, default="", db_default="")
    # Whether somebody is left who came with it is to be looked at.
    has_lost_people = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=Q(has_lost_people=True), name="starts_that_lost_people"
            )
        ]

    def __str__(self) -> str:
        return f"{SubscriptionChange.Flag.SUBSCRIBED} = {self.value}"


class SubscriptionChange(models.Model):
    """One change of MSG-whatsapp (a profile's), of MSG-dndWhatsApp or of WhatsApp's own stop of
    marketing (a phone's), kept as long as its person."""

    class Flag(models.TextChoices):
        SUBSCRIBED = "MSG-whatsapp", "MSG-whatsapp"
        BLOCKED = "MSG-dndWhatsApp", "MSG-dndWhatsApp"
        NO_MARKETING = "marketing stopped", "Marketing stopped"

    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    profile = LooseForeignKey(
        Profile,
        on_delete=models.CASCADE,
        null=True,
        related_name="subscription_changes",
        db_index=True,
    )
    match_key = models.BigIntegerField(null=True)
    flag = models.CharField(max_length=20, choices=Flag.choices)
    value = models.BooleanField(null=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    at = models.DateTimeField(default=timezone.now)
    # The evidence: the sentence that they agreed to, or the form, and where; of a STOP what they
    # wrote.
    words = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["match_key", "project"],
                condition=Q(match_key__isnull=False),
                name="subscription_by_phone",
            ),
            # How many left, and when.
            models.Index(
                fields=["project", "at"],
                condition=Q(value=True, source__in=OWN_HAND),
                name="people_who_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flag} = {self.value}"
