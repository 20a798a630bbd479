"""Two who write the same people at the same moment: whoever comes second tries once more, and then
sees them."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import psycopg.errors
from django.db import IntegrityError, OperationalError, transaction

TRIES = 3
P = ParamSpec("P")
R = TypeVar("R")


def again_after_a_collision(write: Callable[P, R]) -> Callable[P, R]:
    """Each try is a transaction of its own, or a part of the one it stands in."""

    @wraps(write)
    def written(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            try:
                with transaction.atomic():
                    return write(*args, **kwargs)
            except (IntegrityError, OperationalError) as problem:
                if not _is_a_collision(problem):
                    raise
        with transaction.atomic():
            return write(*args, **kwargs)

    return written


def _is_a_collision(problem: Exception) -> bool:
    return isinstance(
        problem.__cause__,
        psycopg.errors.UniqueViolation
        | psycopg.errors.DeadlockDetected
        | psycopg.errors.SerializationFailure,
    )
