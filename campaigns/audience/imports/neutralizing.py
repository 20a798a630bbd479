"""Cells of a file that we write, made harmless, and as they were when that file comes back.

A spreadsheet runs what begins like a formula. It may split a cell where we didn't: it knows another
delimiter, or none of our quotes. So a ' goes before each sign that would then stand at a beginning.
"""

import re
from collections.abc import Iterable

# What a file of refused rows has in front, when it comes back corrected.
OWN_COLUMNS = ("Row", "Reason")

# What a file of exported people begins with: everybody's fields, before the project's own.
EXPORT_COLUMNS = (
    *("Identity", "Phone", "Name", "E-mail", "Language", "Time zone"),
    *("MSG-whatsapp", "MSG-dndWhatsApp"),
)

# What our workbooks call their sheet. Its cells say themselves that they are texts, so no sign
# stands before them.
OWN_SHEET = "Export"

_BREAKS = r",;|\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
_BEGINNING = rf"(?:\A|(?<=[{_BREAKS}]))"
# Blanks and quotes that may be dropped on the way, then a sign, be it of full width.
_FORMULA = rf"(?=(?:[^\S{_BREAKS}]|[\"'\0\u200b\ufeff])*[=+\-@＝＋－＠])"
# Most cells: no place in them at which a spreadsheet could split them, and a letter in front.
_PLAIN = re.compile(rf"\w[^{_BREAKS}]*\Z")
_SIGN = re.compile("[=+\\-@＝＋－＠]")
_ALIVE = re.compile(_BEGINNING + _FORMULA)
_NEUTRAL = re.compile(_BEGINNING + "'" + _FORMULA)


def neutral(cell: str) -> str:
    if not cell or _PLAIN.match(cell) or not _SIGN.search(cell):
        return cell
    return _ALIVE.sub("'", cell)


def restored(cells: Iterable[str]) -> list[str]:
    """What `neutral` was given."""
    return [_NEUTRAL.sub("", cell) if "'" in cell else cell for cell in cells]


def is_our_own(header: Iterable[str]) -> bool:
    beginning = tuple(header)[: len(EXPORT_COLUMNS)]
    return beginning[: len(OWN_COLUMNS)] == OWN_COLUMNS or beginning == EXPORT_COLUMNS
