"""What became of a template, when, and by whose word."""

from django.db import models
from django.utils import timezone

from providers.models import User
from templates_app.models.template import Status, Template, TemplateVersion


class Act(models.TextChoices):
    CREATED = "created", "Added"
    EDITED = "edited", "Changed"
    STATUS = "status", "Status changed"
    SET_ASIDE = "set_aside", "Rule set aside"
    RESTORED = "restored", "Older version restored"
    IMPORTED = "imported", "Imported"
    CLONED = "cloned", "Cloned"


class TemplateChange(models.Model):
    """One line of a template's history; only ever added. Without `by` it was Gupshup's word."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    act = models.CharField(max_length=10, choices=Act.choices)
    # The version that this change made or is about.
    version = models.ForeignKey(TemplateVersion, on_delete=models.CASCADE, null=True)
    # Empty where the status stayed.
    status = models.CharField(max_length=10, choices=Status.choices, blank=True)
    why = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["template", "-at"], name="template_history")]

    def __str__(self) -> str:
        return f"{self.template}: {self.get_act_display()}"
