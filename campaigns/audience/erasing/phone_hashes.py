"""What is kept of an erased phone: a hash under ERASURE_KEY, which PostgreSQL never sees. Without
the key all numbers of a country would be tried in minutes."""

import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings

from providers.refusals import Refusal


class NoErasureKeyError(Refusal):
    code = "erasure.no_key"


def require_key() -> None:
    if not settings.ERASURE_KEY:
        raise NoErasureKeyError(
            "Erasing needs ERASURE_KEY, so that somebody's STOP outlives them. "
            "Whoever runs this installation sets it once, for good: docs/settings.md."
        )


def phone_hash(project_id: int, match_key: int) -> bytes:
    said = f"{project_id}:{match_key}".encode()
    return hmac.digest(settings.ERASURE_KEY.encode(), said, hashlib.sha256)


def phone_hashes(project_id: int, match_keys: Iterable[int]) -> dict[bytes, int]:
    return {phone_hash(project_id, key): key for key in match_keys}
