"""When Gupshup last called each of a project's two addresses, to a few seconds."""

from datetime import datetime

from django.db import models

from providers.models import Project


class LastCallManager(models.Manager["LastCall"]):
    def when(self, project: Project, endpoint: str) -> datetime | None:
        return self.filter(project=project, endpoint=endpoint).values_list("at", flat=True).first()


class LastCall(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=10)
    at = models.DateTimeField()

    objects = LastCallManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "endpoint"], name="one_last_call")
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.at:%Y-%m-%d %H:%M:%S}"
