"""What a stored callback says. Parsed anew whenever somebody asks: only the bytes are kept."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.conf import settings

from callbacks.parsers import Parsed, parse


class Stored(Protocol):
    """A receipt, or as much of it as can be read."""

    @property
    def body(self) -> bytes | memoryview: ...
    @property
    def content_type(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...


def read(receipt: Stored) -> Parsed:
    return parse(
        bytes(receipt.body),
        content_type=receipt.content_type,
        query=receipt.query,
        received_at=receipt.received_at,
        click_zone=ZoneInfo(settings.CLICK_TIME_ZONE),
    )
