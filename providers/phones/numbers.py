"""Phone numbers as people write them, and when two of them are the same person's.

Nothing here says whether a number is on WhatsApp: only Gupshup's answer does.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

from providers.phones.country_names import NAMES
from providers.phones.fast_path import LONGEST, plain_phone


@dataclass(frozen=True)
class Phone:
    e164: str  # "+919000011122"
    match_key: int


class PhoneError(ValueError):
    """Why a number can't be used, in words for whoever typed it. Never holds the number."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


EMPTY = "There is no phone number."
DIGITS_LOST = (
    "The spreadsheet has shortened this number, its last digits are lost. "
    "Format the column as text and export it again."
)
NOT_A_NUMBER = "A phone number is made of digits. Remove letters, other signs and second numbers."
UNKNOWN_COUNTRY = "No country has this code. Write the number with + and the country code."
TOO_SHORT = "The number is too short. Write it in full, with + and the country code."
TOO_LONG = "The number is too long. Write one number only, with + and the country code."
ZERO_FOR_PLUS = "Not a valid number. Write + instead of the first 0."
NOT_IN_USE = "No such number is in use in its country. Check the digits."
NEEDS_COUNTRY_CODE = (
    "Not a valid number in {country}. "
    "If it is from another country, write it with + and the country code."
)

_SHORTENED = re.compile(r"[+-]?\d+(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
_AS_DECIMAL = re.compile(r"(\+?\d+)[.,]0+")
# What Meta's files of leads put before a phone, among others.
_PREFIX = re.compile(r"^(?:tel|whatsapp|p):", re.IGNORECASE)
_OF_WHATSAPP = re.compile(r"\+?(\d+)@(?:c\.us|s\.whatsapp\.net)")  # with the country's code
_LINK = re.compile(
    r"(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=)([^?&#]*)(?:[?&#].*)?",
    re.IGNORECASE,
)
_AS_FORMULA = re.compile(r'="([^"]*)"')  # how exports keep spreadsheets from shortening a number
_NEXT = ":::"  # between several numbers of one of Google's contacts
_INTERNATIONAL = re.compile(r"^\+?00(?=[1-9])")
_SEPARATORS = re.compile(
    r"[\s\-‐-―−().\[\]/_·]|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\xad]"
)
_CANONICAL = re.compile(r"\+?[0-9]+")


@dataclass(frozen=True)
class _Rewrite:
    old: re.Pattern[str]
    new: str


# National numbers that WhatsApp or people still write the way they were before a reform.
_REWRITES = {
    52: _Rewrite(re.compile(r"(?:1|01|04[45])(\d{10})"), r"\1"),  # Mexico's mobile 1 is gone
    55: _Rewrite(re.compile(r"([1-9]\d)([6-9]\d{7})"), r"\g<1>9\2"),  # Brazil's mobiles got a 9
}
# What WhatsApp leaves out or adds in its own ids; the key is always the shorter form. Brazil's
# landlines (2 to 5 behind the area code) share no number with a mobile and stay apart.
_SAME_PERSON = re.compile(r"(?P<mx>521)\d{10}|(?P<ar>549)\d{10}|55[1-9]\d(?P<br>9)[016-9]\d{7}")
_LONGEST_KEY = 18  # digits that fit PostgreSQL's bigint


def read_phone(raw: str, *, default_country: str) -> Phone:
    """What `raw` means in a project whose national numbers are those of `default_country` ("IN").

    Raises PhoneError.
    """
    e164 = plain_phone(raw, default_country=default_country)
    if e164 is None:
        text = _canonical(raw)
        e164 = plain_phone(text, default_country=default_country) or _parsed(text, default_country)
    return Phone(e164=e164, match_key=match_key(e164))


def match_key(text: str) -> int:
    """The same number for each spelling of one WhatsApp person; any text gives some number.

    Takes E.164 as well as `wa_id` digits. 0 where there is no digit at all.
    """
    digits = text[1:] if text[:1] == "+" else text
    if not (digits.isascii() and digits.isdecimal()):
        digits = "".join(_ascii_digit(sign) for sign in digits if sign.isdecimal())
    if digits[:1] == "5" and (match := _SAME_PERSON.fullmatch(digits)):
        extra = match.start("br") if match["br"] else 2
        digits = digits[:extra] + digits[extra + 1 :]
    return int(digits[:_LONGEST_KEY] or 0)


def key_of_person_id(person_id: str) -> int:
    """A key for somebody whose number WhatsApp keeps back; negative, so no number has it."""
    digest = hashlib.blake2b(person_id.encode(), digest_size=8).digest()
    return -1 - (int.from_bytes(digest, "big") >> 1)


def _ascii_digit(sign: str) -> str:
    return str(unicodedata.decimal(sign))


def _canonical(raw: str) -> str:
    """ASCII digits, with a + in front where the country code is given."""
    text = raw.partition(_NEXT)[0].strip().lstrip("'’")
    if kept := _AS_FORMULA.fullmatch(text):
        text = kept[1].strip()
    link = _LINK.fullmatch(text)
    text = link[1] if link else _PREFIX.sub("", text)
    text = _OF_WHATSAPP.sub(r"+\1", text)
    if _SHORTENED.fullmatch(text):
        raise PhoneError(DIGITS_LOST)
    if exact := _AS_DECIMAL.fullmatch(text):
        text = exact[1]
    text = _SEPARATORS.sub("", text).replace("＋", "+")
    text = "".join(_ascii_digit(sign) if sign.isdecimal() else sign for sign in text)
    if not text:
        raise PhoneError(EMPTY)
    if not _CANONICAL.fullmatch(text):
        raise PhoneError(NOT_A_NUMBER)
    return _INTERNATIONAL.sub("+", text)


def _parsed(text: str, country: str) -> str:
    try:
        number = _corrected(phonenumbers.parse(text, country or None))
    except NumberParseException as problem:
        raise PhoneError(_why_unreadable(problem, text, country)) from None
    if not phonenumbers.is_valid_number(number):
        raise PhoneError(_why_invalid(number, text, country))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if len(e164) > LONGEST:
        raise PhoneError(TOO_LONG)
    return e164


def _corrected(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    rewrite = _REWRITES.get(number.country_code or 0)
    national = phonenumbers.national_significant_number(number)
    if rewrite is None or not rewrite.old.fullmatch(national):
        return number
    return phonenumbers.parse(
        f"+{number.country_code}{rewrite.old.sub(rewrite.new, national)}", None
    )


def _why_unreadable(problem: NumberParseException, text: str, country: str) -> str:
    if problem.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return UNKNOWN_COUNTRY if text[:1] == "+" or not country else _needs_code(country)
    return TOO_LONG if problem.error_type == NumberParseException.TOO_LONG else TOO_SHORT


def _why_invalid(number: phonenumbers.PhoneNumber, text: str, country: str) -> str:
    if text[:1] == "0" and plain_phone("+" + text.lstrip("0"), default_country=country):
        return ZERO_FOR_PLUS
    if text[:1] != "+":
        return _needs_code(country)
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return TOO_SHORT
        case ValidationResult.TOO_LONG:
            return TOO_LONG
        case _:
            return NOT_IN_USE


def _needs_code(country: str) -> str:
    return NEEDS_COUNTRY_CODE.format(country=NAMES.get(country, country))
