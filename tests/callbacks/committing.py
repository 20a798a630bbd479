"""Rows that other connections see, from within a test that is one transaction."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def commit(act: Callable[[], Result]) -> Result:
    """Calls it in a thread, which has a connection of its own."""

    def act_and_leave() -> Result:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act_and_leave).result()


def execute(statement: str) -> None:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    commit(run)
