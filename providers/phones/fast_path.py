"""The cheap way to the same answer as `phonenumbers` for numbers that need no thinking.

`phonenumbers` takes 17 µs a number, a third of a whole import. Its own patterns, joined to one
expression per region, take under 1 µs. Whatever could be read in two ways (a trunk prefix, a
country code that may be part of the number) gets None: ask `phonenumbers` itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc

Pattern = re.Pattern[str]
KINDS = (
    "mobile",  # first, as nearly every number is one
    "fixed_line",
    "voip",
    "personal_number",
    "toll_free",
    "shared_cost",
    "premium_rate",
    "pager",
    "uan",
    "voicemail",
)
LONGEST = 16  # of E.164, with its +
# Valid for `phonenumbers`, but numbers.py writes them another way.
REWRITTEN = {"55": r"|(?=\d\d7\d{7}$)."}


@dataclass(frozen=True)
class Region:
    country: str
    leading_digits: Pattern | None
    valid: Pattern  # without a trunk prefix

    @cached_property
    def all_valid(self) -> Pattern:
        """Of lines, each of which is so."""
        return _compiled(f"(?:{self.valid.pattern}\n)*+", re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """How the numbers behind one country code look."""

    viable: Pattern  # what the main region would take for a national number
    regions: tuple[Region, ...]

    def holds(self, national: str) -> bool:
        """Whether this is a valid national number, beyond doubt."""
        if len(self.regions) == 1:
            return self.regions[0].valid.fullmatch(national) is not None
        for region in self.regions:
            if region.leading_digits is None:
                if region.valid.fullmatch(national):
                    return True
            elif region.leading_digits.match(national):
                return region.valid.fullmatch(national) is not None
        return False


def plain_phone(text: str, *, default_country: str) -> str | None:
    """E.164 of digits with or without a leading +, or None where that takes more thought."""
    if text[:1] == "+":
        return text if len(text) <= LONGEST and _is_plain(text[1:]) else None
    code = code_of(default_country)
    plan = plan_of(code)
    if plan is None or len(code) + len(text) >= LONGEST:
        return None
    if not text.startswith(code):
        return f"+{code}{text}" if plan.holds(text) else None
    if plan.viable.fullmatch(text) or not plan.holds(text[len(code) :]):
        return None
    return f"+{text}"


def are_plain_phones(texts: Sequence[str]) -> bool:
    """Whether all are E.164 of one country code, beyond doubt; False may only mean that it takes
    more thought."""
    code, plan = _code_before(texts[0][1:])
    if plan is None or len(plan.regions) > 1 or max(map(len, texts)) > LONGEST:
        return False
    lines, prefix = "\n" + "\n".join(texts), f"\n+{code}"
    if not lines.count("\n") == lines.count(prefix) == len(texts):
        return False
    national = lines.replace(prefix, "\n") + "\n"
    return plan.regions[0].all_valid.fullmatch(national, 1) is not None


def _is_plain(digits: str) -> bool:
    code, plan = _code_before(digits)
    return plan is not None and plan.holds(digits[len(code) :])


def _code_before(digits: str) -> tuple[str, Plan | None]:
    for length in (2, 1, 3):
        code = digits[:length]
        if plan := plan_of(code):
            return code, plan
    return "", None


@lru_cache(maxsize=512)
def code_of(country: str) -> str:
    """Like "91", of a country that is the main one behind its code; else "".

    Only the main country's rules are in a code's plan.
    """
    metadata = PhoneMetadata.metadata_for_region(country, None)
    code = metadata.country_code if metadata else None
    if code is None or COUNTRY_CODE_TO_REGION_CODE[code][0] != country:
        return ""
    return str(code)


@lru_cache(maxsize=2048)
def plan_of(code: str) -> Plan | None:
    """Of the numbers behind a country code, where it is one."""
    is_code = code.isascii() and code.isdecimal() and code[0] != "0"
    names = COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()) if is_code else ()
    regions = [data for name in names if (data := PhoneMetadata.metadata_for_region(name, None))]
    if not regions:
        return None
    prefix = regions[0].national_prefix_for_parsing or "(?!)"
    # A prefix that may be empty takes nothing away: only a real one is in the way.
    doubtful = f"(?:{prefix})(?<!^){REWRITTEN.get(code, '')}"
    return Plan(
        viable=_compiled(_pattern(regions[0].general_desc)),
        regions=tuple(_region(metadata, doubtful) for metadata in regions),
    )


def _region(metadata: PhoneMetadata, doubtful: str) -> Region:
    kinds = "|".join(_pattern(getattr(metadata, kind)) for kind in KINDS)
    return Region(
        country=metadata.id,
        leading_digits=_compiled(metadata.leading_digits) if metadata.leading_digits else None,
        valid=_compiled(f"(?!{doubtful})(?={_pattern(metadata.general_desc)}$)(?:{kinds})"),
    )


def _compiled(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Pattern:
    return re.compile(pattern, re.ASCII | flags)


def _pattern(kind: PhoneNumberDesc | None) -> str:
    pattern = kind.national_number_pattern if kind else None
    return f"(?:{pattern})" if pattern else "(?!)"
