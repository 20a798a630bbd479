"""One raw HTTP request from Gupshup, stored before it is answered, parsed afterwards."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from providers.models import Project
from providers.models.fields import LooseForeignKey


class ReceiptState(models.IntegerChoices):
    WAITING = 0, "Waiting"
    APPLIED = 1, "Applied"
    NOT_UNDERSTOOD = 2, "Not understood"
    FAILED = 3, "Failed"


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def waiting(self) -> Self:
        return self.filter(state=ReceiptState.WAITING)


class Receipt(models.Model):
    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    received_at = models.DateTimeField(db_default=Now())
    endpoint = models.CharField(max_length=10)  # "response" or "status"
    method = models.CharField(max_length=7)
    content_type = models.CharField(max_length=200, blank=True)
    query = models.TextField(blank=True)  # without the callback key
    body = models.BinaryField()
    state = models.SmallIntegerField(choices=ReceiptState.choices, default=ReceiptState.WAITING)
    tries = models.SmallIntegerField(default=0)
    # Waiting: not before; while a worker has it, the end of that worker's time for it.
    due_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=10, blank=True, default="")
    facts = models.IntegerField(default=0)
    applied = models.IntegerField(default=0)
    parked = models.IntegerField(default=0)
    left_out = models.IntegerField(default=0, db_default=0)  # more than may be parked
    foreign_count = models.IntegerField(default=0)
    # [{"index": 2, "reason": "…"}] for elements that were not understood; or why it failed.
    rejected = models.JSONField(default=list)
    problem = models.TextField(blank=True, default="")
    processed_at = models.DateTimeField(null=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "callback"
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state=ReceiptState.WAITING), name="receipt_waiting"
            ),
            models.Index(fields=["project", "id"], name="receipt_walk"),
            # Few, and what somebody looks for among millions.
            models.Index(
                fields=["project", "id"],
                condition=Q(state__in=[ReceiptState.NOT_UNDERSTOOD, ReceiptState.FAILED]),
                name="receipt_troubles",
            ),
        ]

    def __str__(self) -> str:
        return f"Callback {self.pk}"
