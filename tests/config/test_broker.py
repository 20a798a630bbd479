"""How long Celery waits for a broker that was away."""

import pytest
from kombu.exceptions import OperationalError

from config.celery import app


def test_a_broker_that_comes_back_is_found_within_seconds() -> None:
    pauses: list[float] = []
    connection = app.connection_for_read("redis://127.0.0.1:1/0")

    def note(_error: Exception, pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 3:
            raise TimeoutError

    with pytest.raises((TimeoutError, OperationalError)):
        connection.ensure_connection(note, None)

    assert pauses == [0.5, 1.0, 1.5]


def test_no_worker_ever_gives_up() -> None:
    assert app.conf.broker_connection_max_retries is None
