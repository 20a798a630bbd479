"""How a report finds its message where its external id does not tell."""

from django.db import models

from campaigns.models.message import Message
from providers.models import Project


class GatewayId(models.Model):
    """An external id that does not end in our own msg_id; the others are read off the id itself."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    external_id = models.CharField(max_length=100)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="one_gateway_id")
        ]

    def __str__(self) -> str:
        return self.external_id
