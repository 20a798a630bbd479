"""Whether something failed for want of room on a disk, ours or PostgreSQL's: it may work later."""

from errno import EDQUOT, ENOSPC

from psycopg.errors import DiskFull


def is_full(error: BaseException | None) -> bool:
    if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
        return True
    return error is not None and isinstance(error.__cause__ or error, DiskFull)
