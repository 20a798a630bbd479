"""What many tests of campaigns set: how few people are taken at a time."""

from typing import Protocol

import pytest

from campaigns.running import gathering, writing_chunks


class ChunksOf(Protocol):
    def __call__(self, people: int, *, first: int | None = None) -> None: ...


@pytest.fixture
def chunks_of(monkeypatch: pytest.MonkeyPatch) -> ChunksOf:
    """Sets in how many people at a time audiences are gathered and written, and how many such
    chunks get their rows as they are gathered: with few it shows on few people."""

    def set_sizes(people: int, *, first: int | None = None) -> None:
        monkeypatch.setattr(writing_chunks, "CHUNK", people)
        if first is not None:
            monkeypatch.setattr(gathering, "FIRST_CHUNKS", first)

    return set_sizes
