"""Hints to the workers that there is work. Only hints: beat gives one each second."""

from functools import partial

from django.db import transaction

from providers.hints import Waker, hint

SEND_TASK = "campaigns.tasks.send_due"
RECONCILE_TASK = "campaigns.tasks.reconcile"
LAUNCH_TASK = "campaigns.tasks.launch"
IMPORT_TASK = "campaigns.tasks.run_import"
COUNT_TASK = "campaigns.tasks.count_reach"
ERASE_TASK = "campaigns.tasks.erase_people"
CHANGE_TASK = "campaigns.tasks.change_people"
CHANGE_PROPERTIES_TASK = "campaigns.tasks.change_properties"
INDEX_TASK = "campaigns.tasks.index_people"
EXPORT_TASK = "campaigns.tasks.write_exports"
TURN_TASK = "campaigns.tasks.turn_triggers"
ESTIMATE_TASK = "campaigns.tasks.estimate_segment"

HINT_EVERY = 0.1  # seconds: who sends, or turns triggers, looks again until nothing is due
HINT_LASTS = 60  # seconds: for a worker that is just starting

_sender = Waker(SEND_TASK, every=HINT_EVERY, expires=HINT_LASTS)
_turner = Waker(TURN_TASK, every=HINT_EVERY, expires=HINT_LASTS)


def wake_sender() -> None:
    """After the commit of the caller's transaction, once for all that it has written; never raises
    when the broker is away."""
    if not any(hook is _hint_sender for _, hook, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_hint_sender)


def _hint_sender() -> None:
    _sender.wake()


def wake_turner() -> None:
    """As `wake_sender`, for triggers that are due."""
    if not any(hook is _hint_turner for _, hook, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_hint_turner)


def _hint_turner() -> None:
    _turner.wake()


def wake_reconciler() -> None:
    transaction.on_commit(partial(hint, RECONCILE_TASK))


def wake_launcher(run_id: int) -> None:
    transaction.on_commit(partial(hint, LAUNCH_TASK, run_id))


def wake_importer(import_id: int) -> None:
    transaction.on_commit(partial(hint, IMPORT_TASK, import_id))


def wake_exporter() -> None:
    transaction.on_commit(partial(hint, EXPORT_TASK))


def wake_eraser() -> None:
    transaction.on_commit(partial(hint, ERASE_TASK))


def wake_changer() -> None:
    transaction.on_commit(partial(hint, CHANGE_TASK))


def wake_property_changer() -> None:
    transaction.on_commit(partial(hint, CHANGE_PROPERTIES_TASK))


def wake_indexer() -> None:
    transaction.on_commit(partial(hint, INDEX_TASK))


def wake_counter(campaign_id: int) -> bool:
    """False where the broker is away. Somebody looks at a page: later than a minute is too late."""
    return hint(COUNT_TASK, campaign_id, expires=60)


def wake_estimator(project_id: int) -> bool:
    """As `wake_counter`."""
    return hint(ESTIMATE_TASK, project_id, expires=60)
