"""Celery's entry points: one act each. Every one is harmless when it runs twice, or at once."""

from celery import shared_task

from callbacks.inbox import keeping_files
from callbacks.inspecting import watching
from callbacks.receipts import overwriting, processing, pruning, unparking
from providers.watch import counting, heartbeats


@shared_task
def drain() -> None:
    heartbeats.note("callbacks")
    processing.drain()
    counting.flush()


@shared_task
def apply_parked() -> None:
    unparking.apply_due()


@shared_task
def watch() -> None:
    watching.watch()


@shared_task
def prune() -> None:
    pruning.prune()


@shared_task
def overwrite_erased() -> None:
    overwriting.overwrite_erased()


@shared_task
def keep_files() -> None:
    keeping_files.keep_files()
