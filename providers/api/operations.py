"""What an address of the API says of itself, for the document that programs are written by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from providers.api.schemas import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`name` is for programs that are made of the document. `answer` is what comes where all is
    well, with the status `status`; `query` the parameters of the address. `is_guarded`: it is about
    one version of something that several may edit, which ETag and If-Match name. `is_reading`: it
    changes nothing, whatever its method is. `media_types`: of what is answered."""

    name: str
    summary: str
    said: str = ""
    answer: Schema
    status: int = 200
    body: Schema | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)
    is_guarded: bool = False
    is_reading: bool = False
    media_types: Sequence[str] = ("application/json",)
