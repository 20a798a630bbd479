"""What somebody has written in the editor and not saved yet, and that they are at it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from providers.models import Project, User
from templates_app.models.template import Kind, Template


class UnsavedEdit(models.Model):
    """One for each person and template; without a template it is a new one of that type."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    template = models.ForeignKey(
        Template, on_delete=models.CASCADE, null=True, related_name="unsaved_edits"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # The form as it was sent, and when; None for somebody who has only opened it.
    form = models.TextField(null=True)
    kept_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["by", "template"],
                condition=Q(template__isnull=False),
                name="one_unsaved_edit",
            ),
            models.UniqueConstraint(
                fields=["by", "project", "kind"],
                condition=Q(template__isnull=True),
                name="one_unsaved_new",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} at {self.template or self.get_kind_display()}"
