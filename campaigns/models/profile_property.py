"""The properties that a project keeps of its people, beside the standard ones."""

from django.db import models

from providers.models import Project


class PropertyType(models.TextChoices):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Date"
    TEXTS = "texts", "List of texts"


class ProfileProperty(models.Model):
    """A property of one's own and its type; JSON has no dates, so they are ISO 8601 text in UTC."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="properties")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=10, choices=PropertyType.choices)

    class Meta:
        verbose_name_plural = "profile properties"
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="one_property_name")
        ]

    def __str__(self) -> str:
        return self.name
