"""The journal of who was erased, as files beside the uploaded ones: a restored backup of the
database brings people back, and does not know that they were erased since.

Ids and times alone. `erase_again` (docs/operations.md) reads them.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from campaigns.audience.erasing.ordering import ErasureError, erase
from campaigns.models import ErasedProfile, Erasure, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM

FOLDER = "erasures"


@dataclass(frozen=True, slots=True)
class Written:
    account_id: str
    at: datetime
    profiles: list[int]


def write_down(erasure: Erasure) -> None:
    """Before anybody is erased. Twice is harmless."""
    theirs = ErasedProfile.objects.filter(erasure=erasure).order_by("pk")
    said = {
        "project": erasure.project.account_id,
        "at": erasure.created_at.isoformat(),
        "profiles": list(theirs.values_list("profile_id", flat=True)),
    }
    name = f"{FOLDER}/{erasure.created_at:%Y-%m-%d}-{secrets.token_hex(8)}.json"
    default_storage.save(name, ContentFile(json.dumps(said).encode()))


def erase_again() -> int:
    """Orders whoever came back to be erased once more. How many people those are."""
    return sum(_erase_again(written) for written in _journal())


def _journal() -> Iterator[Written]:
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in sorted(names):
        with default_storage.open(f"{FOLDER}/{name}") as file:
            said = json.load(file)
        yield Written(said["project"], datetime.fromisoformat(said["at"]), said["profiles"])


def _erase_again(written: Written) -> int:
    """Numbers are given anew after a restore: who came later than the order is somebody else."""
    project = Project.objects.filter(account_id=written.account_id).first()
    if project is None:
        return 0
    back = Profile.objects.of(project).filter(
        pk__in=written.profiles, first_seen_at__lte=written.at
    )
    try:
        return erase(project, back, by=SYSTEM).people
    except ErasureError:  # nobody came back
        return 0
