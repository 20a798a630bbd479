"""What an address of the API says of itself, for the document that programs are written by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from providers.api.schemas import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`name` is for programs that are made of the document. `answer` is what comes where all is
    well, with the status `status`; `query` the parameters of the address."""

    name: str
    summary: str
    said: str = ""
    answer: Schema
    status: int = 200
    body: Schema | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)
