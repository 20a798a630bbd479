"""What a flood of sign-ins makes the server spend."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from time import sleep
from typing import Any

import pytest
from argon2 import low_level
from django.contrib.auth.hashers import check_password, make_password
from pytest_django import Settings

from config.settings import base

AT_ONCE = 8


class Counting:
    """Stands in the place of Argon2's own function, and takes a moment for each call."""

    def __init__(self, hashing: Callable[..., Any]) -> None:
        self.most = self._now = self.calls = 0
        self._hashing, self._lock = hashing, Lock()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        with self._lock:
            self._now += 1
            self.calls += 1
            self.most = max(self.most, self._now)
        sleep(0.02)
        try:
            return self._hashing(*arguments, **named)
        finally:
            with self._lock:
                self._now -= 1


@pytest.mark.parametrize("name", ["hash_secret", "verify_secret"])
def test_of_many_who_sign_in_at_once_one_takes_memory(
    name: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    kept = make_password("correct horse")
    counting, start = Counting(getattr(low_level, name)), Barrier(AT_ONCE)
    monkeypatch.setattr(low_level, name, counting)
    monkeypatch.setattr(f"argon2._password_hasher.{name}", counting)

    def sign_in(_number: int) -> bool:
        start.wait()
        return check_password("correct horse", kept) and bool(make_password("nobody's"))

    with ThreadPoolExecutor(AT_ONCE) as people:
        assert list(people.map(sign_in, range(AT_ONCE))) == [True] * AT_ONCE
    assert (counting.most, counting.calls) == (1, AT_ONCE)
