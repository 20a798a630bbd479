"""From where callbacks are taken, and how many were refused."""

from django.db import models
from django.utils import timezone

from providers.models.fields import LONGEST_NETWORK, NameField
from providers.models.project import Project


class CallbackSource(models.Model):
    """A network from which a project takes callbacks. A project without any takes all."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="callback_sources")
    network = models.CharField(
        "address or range",
        max_length=LONGEST_NETWORK,
        help_text="IPv4 or IPv6, like 203.0.113.7 or 203.0.113.0/28.",
    )
    label = NameField(max_length=60, blank=True, help_text="For example: Gupshup, Mumbai.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "network"], name="one_callback_source")
        ]

    def __str__(self) -> str:
        return self.network


class CallbackRefusal(models.TextChoices):
    KEY = "key", "Wrong or old callback key"
    SOURCE = "source", "Not from an accepted network"


class RefusedCallback(models.Model):
    """How many callbacks of one network were refused in one minute. Without a project: of an
    account id that nobody has. The network is empty where no address is known, or where there
    were too many networks to keep apart."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    network = models.CharField(max_length=LONGEST_NETWORK, blank=True)
    reason = models.CharField(max_length=10, choices=CallbackRefusal.choices)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "reason", "minute", "network"],
                nulls_distinct=False,
                name="one_refused_callback",
            )
        ]
        indexes = [models.Index(fields=["minute"], name="refused_callback_by_minute")]

    def __str__(self) -> str:
        return f"{self.network} {self.minute:%Y-%m-%d %H:%M}: {self.count}"
