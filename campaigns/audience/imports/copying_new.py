"""People into a project that has nobody: their lines go straight into the table of people, where
otherwise each would wait in a table of its own and be looked for."""

from dataclasses import dataclass

from django.db import IntegrityError, connection
from django.db.backends.utils import CursorWrapper

from campaigns.audience.erasing.stops import has_stops
from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.people_rows import Newcomers
from campaigns.audience.imports.saving import FOR_CHUNKS, Saved
from campaigns.audience.imports.setting_aside import SetAside
from campaigns.audience.imports.staging import FORMAT
from campaigns.audience.lists import held
from campaigns.models import Import, ImportKind, Profile, Source

_NEXT = "SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"
_PEOPLE, _STARTS = "campaigns_profile", "campaigns_subscriptionstart"
# A blank text is one; a blank phone has no key, and a blank flag says nothing.
_TEXTS = ("identity", "name", "phone", "email", "language", "time_zone")
_COPY = """
COPY campaigns_profile ({columns}) FROM STDIN WITH ({format}, FORCE_NOT_NULL ({texts}))
"""
# Whom others write meanwhile is of another project or another moment.
_CAME = """
SELECT id FROM campaigns_profile
WHERE project_id = %(project)s AND id > %(first)s AND id <= %(last)s
    AND first_seen_at = (SELECT first_seen_at FROM campaigns_profile WHERE id = %(last)s)
"""
_MEMBERS = f"""
INSERT INTO campaigns_listmember (custom_list_id, profile_id) SELECT %(list)s, id FROM ({_CAME}) new
"""
# One for all chunks: held until the chunk is there, so that it is not forgotten meanwhile.
_START = f"""
INSERT INTO campaigns_subscriptionstart (id, project_id, value, source, at, words)
SELECT %(start)s, %(project)s, %(value)s, '{Source.IMPORT}', now(), %(consent)s
WHERE EXISTS ({_CAME} AND subscription_start_id = %(start)s)
ON CONFLICT (id) DO UPDATE SET value = EXCLUDED.value
"""
_WORDS = "INSERT INTO campaigns_wordsdue (first, last) VALUES (%(first)s, %(last)s)"


class SomebodyCameError(Exception):
    """Not all of them are new any more: each has to be looked for."""


def may_all_be_new(upload: Import, mapping: ColumnMapping) -> bool:
    """As long as nobody comes, and no phone is known for a STOP or is to be blocked."""
    return (
        upload.kind == ImportKind.PEOPLE
        and mapping.index_of(Target.BLOCKED) is None
        and not has_stops(upload.project_id)
        and not Profile.objects.of(upload.project).exists()
    )


def newcomers_of(upload: Import) -> Newcomers:
    with connection.cursor() as cursor:
        starts = {value: _next_id(cursor, _STARTS) for value in (True, False)}
    return Newcomers(upload.project_id, subscribed=upload.new_subscribed, starts=starts)


def _next_id(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(_NEXT.format(table=table))
    return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class NewPeopleSaver:
    lines: SetAside
    columns: tuple[str, ...]
    newcomers: Newcomers
    list_id: int | None
    consent: str

    def save(self, *, after: int, upto: int) -> Saved:  # noqa: ARG002 - a chunk is kept as a whole
        """Inside a transaction. Raises SomebodyCameError."""
        count = self.lines.count(after)
        if count:
            if has_stops(self.newcomers.project_id):
                raise SomebodyCameError
            try:
                self._save(after)
            except IntegrityError:
                raise SomebodyCameError from None
        return Saved(created=count, updated=0, unchanged=0)

    def _save(self, chunk: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(FOR_CHUNKS)
            came = {
                "project": self.newcomers.project_id,
                "first": _next_id(cursor, _PEOPLE),
                "last": self._copied(cursor, chunk),
            }
            cursor.execute(_WORDS, came)
            if (list_id := held(self.list_id)) is not None:
                cursor.execute(_MEMBERS, came | {"list": list_id})
            for value in sorted(self.newcomers.said):
                start = {"start": self.newcomers.starts[value], "value": value}
                cursor.execute(_START, came | start | {"consent": self.consent})

    def _copied(self, cursor: CursorWrapper, chunk: int) -> int:
        """The last id that was given out."""
        texts = ", ".join(name for name in _TEXTS if name in self.columns)
        copy = _COPY.format(columns=", ".join(self.columns), format=FORMAT, texts=texts)
        with connection.wrap_database_errors, cursor.copy(copy) as lines:
            for piece in self.lines.pieces(chunk):
                lines.write(piece)
        cursor.execute("SELECT lastval()")
        return int(cursor.fetchone()[0])
