"""What Gupshup told about a template or a number, and what we made of it."""

from django.db import models

from callbacks.models.receipt import Receipt
from providers.models import Project
from templates_app.models import Template


class AccountNews(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    receipt = models.ForeignKey(Receipt, on_delete=models.SET_NULL, null=True, related_name="+")
    # Which callback it was, also after that one is deleted: later news count, whenever applied.
    receipt_number = models.BigIntegerField()
    field = models.CharField(max_length=100)
    event = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    template = models.ForeignKey(Template, on_delete=models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=400)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "account news"
        indexes = [models.Index(fields=["project", "field", "subject"], name="account_news_about")]

    def __str__(self) -> str:
        return f"{self.field}: {self.event}"
