"""A way of looking at the list of people that somebody has kept."""

from django.db import models

from campaigns.models.kept_view import KeptView


class PeopleView(KeptView):
    """A filter, an order and columns."""

    rule = models.JSONField(default=dict)  # as a segment's; empty for everybody
    order = models.CharField(max_length=10)
    columns = models.JSONField(default=list)  # names of properties

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_people_view")]
