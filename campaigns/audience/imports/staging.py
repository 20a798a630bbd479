"""The table in which an import's rows wait until all of the file is read and checked.

Unlogged and one per import: it costs no write-ahead log, is dropped as a whole, and survives no
crash. Nor has it to: the file is still there, and gives the same rows again.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

# The number of a first row, and lines: of a thousand rows at most, all of one chunk.
Block = tuple[int, Sequence[str]]

SEPARATOR = "\x1f"
# No cell holds these signs: texts are cleaned of control characters, JSON escapes them.
FORMAT = "FORMAT csv, DELIMITER E'\\x1f', QUOTE E'\\x1e', NULL ''"


class Staging:
    def __init__(self, import_id: int, *, tries: int) -> None:
        # A worker that comes back from a long sleep must not write into its successor's table.
        self._tables = [f"campaigns_import_{import_id}_{n}" for n in range(1, tries + 1)]
        self.table = self._tables[-1]

    def create(self, columns: Mapping[str, str]) -> None:
        """`columns` with their SQL types; `position` is the row's number in the file."""
        described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE UNLOGGED TABLE {self.table} ({described}) WITH (autovacuum_enabled = off)"
            )

    def add(self, blocks: Iterable[Block], columns: Sequence[str]) -> bool:
        """Blocks of whole lines, which PostgreSQL takes in while the next one is being made.

        False if there was none.
        """
        statement = f"COPY {self.table} ({', '.join(columns)}) FROM STDIN WITH ({FORMAT})"
        block = None
        wrapped = connection.wrap_database_errors
        with connection.cursor() as cursor, wrapped, cursor.copy(statement) as copy:
            for block in blocks:
                copy.write("".join(block[1]))
        return block is not None

    def index(self) -> None:
        """After the rows, since an index is made of all of them at less cost."""
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX ON {self.table} (position)")

    def delete(self, statement: str) -> int:
        """How many rows it takes out of `{table}`."""
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=self.table))
            return int(cursor.rowcount)

    def drop(self) -> None:
        """And those that killed workers have left."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {', '.join(self._tables)}")
