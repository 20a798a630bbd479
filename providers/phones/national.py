"""Numbers that came as digits without their country's code, where only one number can be meant."""

from providers.phones.numbers import PhoneError, read_phone

NATIONAL_LENGTH = 10  # digits


def is_national(digits: str) -> bool:
    """It may be; no country's code begins with 0."""
    return len(digits) == NATIONAL_LENGTH or digits.startswith("0")


def in_full(digits: str, *, default_country: str) -> str:
    """With the country's code, where exactly one number can be meant; else as it came."""
    if not is_national(digits):
        return digits
    readings = (digits, f"+{digits.lstrip('0')}")
    meant = {_read(reading, default_country) for reading in readings} - {None}
    return meant.pop() or digits if len(meant) == 1 else digits


def _read(text: str, country: str) -> str | None:
    try:
        return read_phone(text, default_country=country).e164.removeprefix("+")
    except PhoneError:
        return None
