"""A connection that worked a moment ago is taken to be alive; an older one is asked."""

from typing import Any

import pytest
from django.core.signals import request_started
from django.db import close_old_connections, connections, reset_queries

from config.ops import used_lately
from config.ops.used_lately import MOMENT, trusting_connections_used_lately


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_asked_only_where_it_was_not_used_lately(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []
    now = [1_000.0]
    connection = connections["default"]  # itself, not what stands for it in each thread
    monkeypatch.setattr(used_lately, "monotonic", lambda: now[0])
    connection.ensure_connection()
    monkeypatch.setattr(connection, "health_check_enabled", True)

    def is_usable() -> bool:
        asked.append(True)
        return True

    monkeypatch.setattr(connection, "is_usable", is_usable)

    def answer(_environ: dict[str, Any], _start: Any) -> list[bytes]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return []

    try:
        trusting = trusting_connections_used_lately(answer)
        for later, times in ((0, 1), (MOMENT / 2, 1), (MOMENT / 2, 1), (MOMENT * 2, 2)):
            now[0] += later
            trusting({}, None)
            assert len(asked) == times
    finally:
        request_started.connect(reset_queries)
        request_started.connect(close_old_connections)
