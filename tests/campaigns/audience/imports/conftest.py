"""Where files of imports go, and how few rows are saved at a time."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from pytest_django import Settings

from campaigns.audience.imports import saving


@pytest.fixture(autouse=True)
def _files_of_this_test(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def saved_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets how many rows are saved in a transaction: with few it shows on few people."""
    return partial(monkeypatch.setattr, saving, "CHUNK")
