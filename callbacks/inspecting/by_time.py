"""Callbacks by the time when they came, without an index on it: ids grow with time."""

from datetime import datetime

from callbacks.inspecting.one_row import one_row

BOUNDS = "SELECT min(id), max(id) FROM callbacks_receipt WHERE project_id = %s"
NEXT = """
SELECT id, received_at FROM callbacks_receipt
WHERE project_id = %s AND id >= %s ORDER BY id LIMIT 1
"""


def first_after(project_id: int, moment: datetime) -> int:
    """Where the callbacks since then begin, found by halves; 0 where there are none at all."""
    low, high = one_row(BOUNDS, project_id)
    if low is None:
        return 0
    high += 1
    while low < high:
        middle = (low + high) // 2
        found = one_row(NEXT, project_id, middle)
        if found is None or found[1] > moment:
            high = middle
        else:
            low = found[0] + 1
    return int(low)
