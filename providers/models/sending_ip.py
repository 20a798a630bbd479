"""Addresses from which this installation sends.

Networks are kept as text in the one spelling that `network_text` gives them
(`providers/network/ranges.py`).
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from providers.models.fields import LONGEST_NETWORK, NameField
from providers.models.project import Project


class SendingIPQuerySet(models.QuerySet["SendingIP"]):
    def of(self, project: Project) -> Self:
        """The installation's and its own."""
        return self.filter(Q(project=None) | Q(project=project))


class SendingIP(models.Model):
    """An address that Gupshup must know. Without a project: of the whole installation."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, blank=True, related_name="sending_ips"
    )
    network = models.CharField(
        "address or range",
        max_length=LONGEST_NETWORK,
        help_text="IPv4 or IPv6, like 203.0.113.7 or 203.0.113.0/28.",
    )
    label = NameField(max_length=60, blank=True, help_text="For example: server in Mumbai.")
    note = models.TextField(blank=True, max_length=1000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SendingIPQuerySet.as_manager()

    class Meta:
        verbose_name = "sending address"
        verbose_name_plural = "IP whitelist"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "network"], nulls_distinct=False, name="one_sending_ip"
            )
        ]

    def __str__(self) -> str:
        return self.network


class ObservedIP(models.Model):
    """An address under which a worker of this installation was seen from outside."""

    address = models.GenericIPAddressField(unique=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.address)
