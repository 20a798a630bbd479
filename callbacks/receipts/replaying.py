"""Receipts are processed once more: after a mistake of ours was mended, or a message was found."""

from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from callbacks.hints import DRAIN_TASK
from callbacks.models import ParkedFact, Receipt, ReceiptState
from callbacks.models.receipt import ReceiptQuerySet
from providers.hints import hint


@transaction.atomic
def replay(receipts: ReceiptQuerySet) -> int:
    """How many will be; those that wait already are left alone. Nothing is applied twice."""
    again = receipts.exclude(state=ReceiptState.WAITING)
    ids = list(again.order_by("pk").select_for_update().values_list("pk", flat=True))
    ParkedFact.objects.filter(receipt__in=ids).delete()
    transaction.on_commit(partial(hint, DRAIN_TASK))
    return Receipt.objects.filter(pk__in=ids).update(
        state=ReceiptState.WAITING,
        tries=0,
        due_at=Now(),
        problem="",
        processed_at=None,
    )
