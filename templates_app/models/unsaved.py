"""What somebody has written in the editor and not saved yet, and that they are at it."""

from django.db import models
from django.db.models import Q

from providers.models.unsaved import Unsaved
from templates_app.models.template import Kind, Template


class UnsavedEdit(Unsaved):
    """One for each person and template; without a template it is a new one of that type."""

    template = models.ForeignKey(
        Template, on_delete=models.CASCADE, null=True, related_name="unsaved_edits"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)

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
