"""How a report finds its message where its external id does not tell."""

from django.db import models

from campaigns.models.message import Message
from providers.models import Project
from providers.models.fields import LooseForeignKey


class GatewayId(models.Model):
    """An external id that does not end in our own msg_id; the others are read off the id itself."""

    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    external_id = models.CharField(max_length=100)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="one_gateway_id")
        ]

    def __str__(self) -> str:
        return self.external_id
