"""Waiting until others wait, so that a race is certain."""

import time

import pytest
from django.db import connection


def wait_for_locks(waiting: int) -> None:
    """Until so many connections of this database wait for a lock that another one holds."""
    with connection.cursor() as cursor:
        for _ in range(400):
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees it once
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() == (waiting,):
                return
            time.sleep(0.05)
    pytest.fail(f"No {waiting} connections came as far as the lock.")
