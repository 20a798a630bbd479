"""A campaign, its variants, and its runs. Moves between statuses: running/lifecycle.py."""

from django.db import models
from django.utils import timezone

from campaigns.models.profile import CustomList
from providers.models import Project, User
from templates_app.models import TemplateVersion


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    LAUNCHING = "launching", "Launching"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


class Audience(models.TextChoices):
    EVERYBODY = "everybody", "Everybody in the project"
    LIST = "list", "A custom list"


class QuietAction(models.TextChoices):
    """What becomes of messages whose turn comes in quiet hours."""

    DELAY = "delay", "Wait until they are over"
    DISCARD = "discard", "Don't send them"


class Campaign(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="campaigns")
    name = models.CharField(max_length=100)
    status = models.CharField(
        max_length=10,
        choices=CampaignStatus.choices,
        default=CampaignStatus.DRAFT,
        editable=False,
    )
    # In plain words, for a status that needs one: why it was paused, stopped or failed.
    status_reason = models.TextField(blank=True, editable=False)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYBODY)
    audience_list = models.ForeignKey(
        CustomList, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    # Who has not got it by then does not get it any more, in any run.
    ends_at = models.DateTimeField(null=True, blank=True)
    # How long each run may take, in hours from when it was to start; whoever still waits then is
    # left out. So a run that is late by hours does not go out at night.
    cut_off_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    # When that is, for the run that is under way.
    cut_off_at = models.DateTimeField(null=True, editable=False)
    # Every day, in the project's time zone; both or none. From a later to an earlier time goes over
    # midnight.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_action = models.CharField(
        max_length=10, choices=QuietAction.choices, default=QuietAction.DELAY
    )
    # Messages per minute at most, over all workers; None: as fast as the provider may.
    per_minute = models.PositiveIntegerField(null=True, blank=True)
    # The reason of those whom a stop leaves out.
    left_over = models.CharField(max_length=24, default="campaign_stopped", editable=False)
    # What becomes of a message in doubt that no report ever settles.
    resend_in_doubt = models.BooleanField("send again when in doubt", default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-created_at"], name="campaign_recent"),
            models.Index(fields=["status"], name="campaign_by_status"),
        ]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """A pinned template version and what goes into its placeholders."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="variants")
    # Slot → {"text": "Hi {{ profile.name }}", "fallback": "there"}; slots as the template's kind
    # names them, like "body.1" or "button.0".
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="one_variant_position")
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {'ABC'[self.position]}"


class RunStatus(models.TextChoices):
    LAUNCHING = "launching", "Launching"
    SENDING = "sending", "Sending"
    FINISHED = "finished", "Finished"


class Run(models.Model):
    """One time that a campaign goes out; done when its shares are launched, its outbox empty."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.LAUNCHING)
    # A second try for some people of this earlier run; unique, so that nobody gets a third.
    retry_of = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, related_name="retry"
    )
    # Tally's name → how many of these people the earlier run counts in it; and as of which tallies.
    superseded = models.JSONField(default=dict, editable=False)
    superseded_as_of = models.CharField(max_length=40, blank=True, default="", editable=False)
    # The audience is every profile up to this id: who comes later is not in this run.
    last_profile_id = models.BigIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    launched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="one_run_number")
        ]

    def __str__(self) -> str:
        return f"{self.campaign} run {self.number}"


class LaunchShare(models.Model):
    """A part of a run's audience that is launched beside the others: everybody whose phone's key
    leaves `number` when divided by `of`. Up to `cursor`, a profile's id, they have their rows."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="shares", db_index=False)
    number = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    cursor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_launch_share")]

    def __str__(self) -> str:
        return f"{self.run} share {self.number + 1} of {self.of}"
