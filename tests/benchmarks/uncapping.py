"""A task of the worker that is measured: it lets caps be as if they had never been written."""

from celery import shared_task

from campaigns.gates.frequency_cap import FREQUENCY_CAP
from campaigns.gates.registry import GATES


@shared_task
def know_caps(known: bool) -> None:
    """For all that this process claims from now on."""
    GATES[:] = [gate for gate in GATES if gate is not FREQUENCY_CAP]
    if known:
        GATES.append(FREQUENCY_CAP)
