"""A batch as one transaction: repeated where it lost against another, halved where it is at fault.

So one bad row never keeps the good ones from being worked.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import IntegrityError, InterfaceError, OperationalError, transaction

Item = TypeVar("Item")
# Serialization failure, deadlock, and a row that somebody else has just written, too.
CONFLICTS = {"40001", "40P01", "23505"}
MOST_REPEATS = 5
LONGEST_PAUSE = 0.2  # seconds


class ConflictError(Exception):
    """The batch lost against other transactions too often."""


def work_through(
    batch: Sequence[Item],
    act: Callable[[Sequence[Item]], None],
    *,
    give_up: Callable[[Item, Exception], None],
) -> None:
    """`act` gets the batch, or ever smaller parts of it; `give_up` gets those that fail alone.

    Raises OperationalError or InterfaceError where the database is away.
    """
    if not batch:
        return
    try:
        _repeatedly(batch, act)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one must not stop the others
        if len(batch) == 1:
            give_up(batch[0], error)
            return
        middle = len(batch) // 2
        work_through(batch[:middle], act, give_up=give_up)
        work_through(batch[middle:], act, give_up=give_up)


def _repeatedly(batch: Sequence[Item], act: Callable[[Sequence[Item]], None]) -> None:
    for _ in range(MOST_REPEATS):
        try:
            with transaction.atomic():
                act(batch)
        except (OperationalError, IntegrityError) as error:
            if getattr(error.__cause__, "sqlstate", None) not in CONFLICTS:
                raise
            time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - so that both don't meet again
        else:
            return
    raise ConflictError
