"""What is wrong with one of many must not keep the others waiting."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)


@contextmanager
def logging_failure_of(what: str) -> Iterator[None]:
    """`what` stands in the log; what comes after it is done all the same. Raises where the
    database is away, since then it would all fail."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("This failed: %s", what)
