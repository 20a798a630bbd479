"""A way of looking at the list of messages that somebody has kept."""

from django.db import models

from campaigns.models.kept_view import KeptView


class MessageView(KeptView):
    """What its filters are set to, as they stand in the list's address."""

    filters = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_message_view")]
