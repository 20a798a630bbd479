"""A report or click that matches no message yet: tried again when that message is recorded, and
after 5 s, 1 min, 10 min, 1 h, 24 h.
"""

from django.db import models
from django.db.models import Q

from callbacks.models.receipt import Receipt
from providers.models import Project
from providers.models.fields import LooseForeignKey


class ParkedFact(models.Model):
    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="parked_facts")
    fact = models.JSONField()
    # The message that its references name; 0: they name none; empty: several, or not looked at.
    names = models.BigIntegerField(null=True)
    external_id = models.CharField(max_length=100, blank=True, default="")
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="parked_due"),
            models.Index(fields=["project", "external_id"], name="parked_by_external_id"),
            # Those that only the record of a send can tell about.
            models.Index(fields=["due_at"], condition=Q(names=0), name="parked_unnamed"),
        ]

    def __str__(self) -> str:
        return f"parked {self.pk}"
