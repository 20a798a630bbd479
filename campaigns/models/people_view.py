"""A way of looking at the list of people that somebody has kept."""

from django.db import models
from django.utils import timezone

from providers.models import Project, User


class PeopleView(models.Model):
    """A filter, an order and columns, for everybody in the project. No search: it would keep
    somebody's name."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="people_views")
    name = models.CharField(max_length=60)
    rule = models.JSONField(default=dict)  # as a segment's; empty for everybody
    order = models.CharField(max_length=10)
    columns = models.JSONField(default=list)  # names of properties
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_people_view")]

    def __str__(self) -> str:
        return self.name
