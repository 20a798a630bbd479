"""Where two may edit the same: what one has read is named by its ETag, and changed by whoever shows
that it is still this."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request

from providers.api.base import AsciiJson
from providers.api.problems import Problem

ANY = "*"
MISSING = (
    "Say which version you mean: the header “If-Match” with the ETag that you read it with, or with"
    " * for whatever it is now."
)
CHANGED = "Somebody has changed it since you read it. Read it again, and look at what is new."


def etag_of(told: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(AsciiJson().render(dict(told))).hexdigest()
    return f'"{digest[:32]}"'


def check_match(request: Request, etag: str) -> None:
    """Raises Problem."""
    given = request.META.get("HTTP_IF_MATCH", "").strip()
    if not given:
        raise Problem(HTTPStatus.PRECONDITION_REQUIRED, "version.missing", MISSING)
    if given != ANY and etag not in [one.strip() for one in given.split(",")]:
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "version.changed", CHANGED)
