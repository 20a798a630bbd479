"""A way of looking at a list that somebody has kept for everybody in the project."""

from django.db import models
from django.utils import timezone

from providers.models import Project, User
from providers.models.fields import NameField


class KeptView(models.Model):
    """Each list has views of its own, which say what they look at, and whose they are. No search:
    it would keep somebody's name."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    name = NameField(max_length=60)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
