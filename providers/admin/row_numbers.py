"""Numbers of rows, as addresses and forms name them: anybody can type anything there."""

DIGITS = 18  # any so long is a bigint, and int() takes it


def row_number(text: str) -> int:
    """0, which no row has, for what is no number of a row."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= DIGITS
    return int(text) if is_one else 0
