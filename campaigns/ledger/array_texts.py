"""Long columns as the text of PostgreSQL arrays: a fraction of what the driver takes for lists.

For parameters with a cast in the statement, like %s::bigint[].
"""

from collections.abc import Iterable


def numbers(values: Iterable[int | float]) -> str:
    """Like {1,2,3}."""
    return f"{{{','.join(map(str, values))}}}"


def some_numbers(values: Iterable[int | None]) -> str:
    """Like {1,NULL,3}."""
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


def texts(values: Iterable[str | None]) -> str:
    """Like {"a","b \\" c",NULL}. The texts hold no NUL, as no text in PostgreSQL does."""
    return f"{{{','.join(map(_quoted, values))}}}"


def _quoted(text: str | None) -> str:
    if text is None:
        return "NULL"
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
