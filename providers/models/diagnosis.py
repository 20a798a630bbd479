"""What the doctor found last."""

from typing import Self

from django.db import models
from django.utils import timezone

from providers.models.project import Project


class Health(models.TextChoices):
    PASS = "pass", "Pass"
    FAIL = "fail", "Fail"
    UNKNOWN = "unknown", "Unknown"


# The checks that a campaign's page speaks of, too.
ROUND_TRIP, SILENT = "round_trip", "silent"
ABOUT_REPORTS = (ROUND_TRIP, SILENT)


class DiagnosisQuerySet(models.QuerySet["Diagnosis"]):
    def of(self, project: Project) -> Self:
        return self.filter(project=project)


class Diagnosis(models.Model):
    """The last finding of one check; `name` is the check's own."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="diagnoses")
    name = models.CharField(max_length=40)
    health = models.CharField(max_length=10, choices=Health.choices)
    message = models.TextField(blank=True, default="")
    way_out = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    objects = DiagnosisQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_diagnosis")]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_health_display()}"
