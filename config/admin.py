"""Tells pages on the right what lies left of them; read when the admin site is put together."""

from datetime import datetime

from callbacks.models import InboundMessage, Receipt
from providers.last_calls import Endpoint, register
from providers.models import Project

NEWEST = 5_000  # receipts; a look further back could take seconds


def last_receipt(project: Project, endpoint: Endpoint) -> datetime | None:
    """Among the newest receipts, as the other address may get a thousand times more of them."""
    newest = Receipt.objects.filter(project=project).order_by("-pk").values("pk")[:NEWEST]
    found = Receipt.objects.filter(pk__in=newest, endpoint=endpoint).order_by("-pk")
    return found.values_list("received_at", flat=True).first()


def last_inbound(project: Project, endpoint: Endpoint) -> datetime | None:
    if endpoint != "response":
        return None
    found = InboundMessage.objects.filter(project=project).order_by("-pk")
    return found.values_list("received_at", flat=True).first()


register(last_receipt)
register(last_inbound)
