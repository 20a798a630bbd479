"""Making a project's API keys, and revoking them."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from providers.models import ApiKey, Project, Scope
from providers.models.api_key import BEGINNING
from providers.watch import auditing
from providers.watch.actors import Actor

ID_BYTES, SECRET_BYTES = 6, 32


@dataclass(frozen=True, slots=True)
class Made:
    """`text` is known now and never again: only its hash is kept."""

    key: ApiKey
    text: str


@transaction.atomic
def make_key(
    project: Project,
    *,
    name: str,
    scopes: Iterable[Scope],
    networks: Iterable[str] = (),
    expires_at: datetime | None = None,
    sends_a_day: int | None = None,
    by: Actor,
) -> Made:
    public_id, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        project=project,
        name=name,
        public_id=public_id,
        digest=digest_of(secret),
        scopes=[scope.value for scope in scopes],
        networks=list(networks),
        expires_at=expires_at,
        sends_a_day=sends_a_day,
        created_by=by.person,
    )
    note = f"May {' and '.join(key.scopes)}"
    auditing.record("api_key.made", by=by, project=project, target=key, note=note)
    return Made(key, f"{BEGINNING}{public_id}_{secret}")


@transaction.atomic
def revoke(key: ApiKey, *, by: Actor) -> None:
    """From the next call on it is refused. A second click changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        auditing.record("api_key.revoked", by=by, project=key.project, target=key)


def digest_of(secret: str) -> str:
    """The secret has 256 bits by chance, so that a plain hash gives nothing away."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
