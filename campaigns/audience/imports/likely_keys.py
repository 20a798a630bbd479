"""Whether a column's first values can be the key of a person."""

import re
from collections.abc import Sequence

# Words of letters, in any script, without the signs that keys have; codes are all in capitals.
_LETTER = r"[^\W\d_]"
_NAME = re.compile(
    rf"(?={_LETTER}|.*\s{_LETTER})(?!.?\Z|[A-Z]+\Z|(?i:null|none|nil|nan?|undefined|unknown)\Z)"
    r"(?:(?![\d_])[\w\s.’'\u0300-\u036f\u0900-\u0dff])+"
)
_LONGEST = 100


def can_be_keys(cells: Sequence[str]) -> bool:
    """Different in each row, and nothing that people are called."""
    given = [cell for cell in cells if cell]
    return len(set(given)) == len(cells) and not look_like_names(given)


def look_like_names(given: Sequence[str]) -> bool:
    names = sum(len(cell) <= _LONGEST and bool(_NAME.fullmatch(cell)) for cell in given)
    return 2 * names > len(given)
