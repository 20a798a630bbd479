"""What stands in a cell, as the text that a CSV file would hold."""

import re
from datetime import datetime, time, timedelta
from decimal import Decimal

from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape

from campaigns.audience.imports.workbooks.opening import Styles

EXACT_BELOW = 1e15  # spreadsheets keep 15 digits
_PLAIN = re.compile(r"-?(?:\d{1,15}|(?=[\d.]{3,16}\Z)\d+\.\d*[1-9])", re.ASCII)


def text_of(raw: str) -> str:
    """Line breaks in one way, and signs that XML can't hold as they were."""
    text: str = unescape(raw)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def number_in_words(raw: str, style: int, styles: Styles) -> str:
    """In full, so that phones come whole; a date where the cell shows one."""
    if style in styles.dates:
        return _moment(raw, style, styles)
    number = raw if _PLAIN.fullmatch(raw) else _in_full(raw)
    digits = styles.zeros.get(style)
    return number.zfill(digits) if digits and number.isdigit() else number


def _in_full(raw: str) -> str:
    """Without an exponent and without the dust of binary fractions. Digits that the spreadsheet
    itself has lost stay lost, and are recognized by their exponent."""
    if raw.isdigit():
        return raw  # written by a program that kept them all
    number = float(raw)
    if abs(number) >= EXACT_BELOW:
        return f"{number:.14E}"
    return f"{Decimal(f'{number:.15g}'):f}"


def _moment(raw: str, style: int, styles: Styles) -> str:
    try:
        told = from_excel(float(raw), styles.epoch, timedelta=style in styles.durations)
    except (OverflowError, ValueError):
        return raw  # no day has this number: the row says what is wrong
    if isinstance(told, timedelta):
        return str(told)
    if isinstance(told, time):
        return told.isoformat(timespec="seconds")
    return moment_in_words(told)


def moment_in_words(moment: datetime) -> str:
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    if moment.time() == time():
        return moment.date().isoformat()
    return moment.isoformat(sep=" ")
