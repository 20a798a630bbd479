"""Keys with their projects, as they stand in the database at this moment.

Which version of a row that is, PostgreSQL says for less than a tenth of what reading it costs. So
for each call the versions are asked for, and only a row that has another one is read again.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import copy

from django.db import connection

from providers.models import ApiKey

# Each change of a row makes a new one, in another place or by another transaction.
VERSIONS = """
SELECT k.public_id, (k.ctid, k.xmin, p.ctid, p.xmin)::text
FROM providers_apikey k JOIN providers_project p ON p.id = k.project_id
WHERE k.public_id = ANY(%s::varchar[])
"""
MOST_KEPT = 1_000


def read_keys(public_ids: Collection[str]) -> Mapping[str, ApiKey]:
    """Those that there are."""
    rows = ApiKey.objects.select_related("project").filter(public_id__in=set(public_ids))
    return {key.public_id: key for key in rows}


class KeptKeys:
    """Not for use by two threads at once, nor inside a transaction, which may be taken back."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, ApiKey]] = {}

    def read(self, public_ids: Sequence[str]) -> list[ApiKey | None]:
        """In their order."""
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        versions = _versions(public_ids)
        changed = [one for one, version in versions.items() if self._version(one) != version]
        if changed:
            self._read_again(changed, versions)
        return [self._own(public_id) if public_id in versions else None for public_id in public_ids]

    def _version(self, public_id: str) -> str:
        return self._kept[public_id][0] if public_id in self._kept else ""

    def _read_again(self, public_ids: Collection[str], versions: Mapping[str, str]) -> None:
        """What changes in between has another version at the next call."""
        for public_id in public_ids:
            self._kept.pop(public_id, None)
        read = read_keys(public_ids)
        self._kept |= {public_id: (versions[public_id], key) for public_id, key in read.items()}

    def _own(self, public_id: str) -> ApiKey | None:
        """For one call alone: whatever it writes into it, or looks up by it, no other call sees."""
        if public_id not in self._kept:
            return None
        key = copy(self._kept[public_id][1])
        key.project = copy(key.project)
        return key


def _versions(public_ids: Collection[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [list(set(public_ids))])
        return dict(cursor.fetchall())
