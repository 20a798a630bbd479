"""Which country a number is of, in Python and in SQL alike.

Most country codes are one country's. Those that share a code are told apart by the first digits
behind it or by all of them, in the order that `phonenumbers` asks.
"""

import json
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import groupby

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from providers.phones.fast_path import Plan, Region, plan_of


def country_of(e164: str) -> str | None:
    """Like "IN"; None of a number that is no country's, and of what is no number."""
    for length in (2, 1, 3):
        plan = plan_of(e164[1 : 1 + length]) if e164[:1] == "+" else None
        if plan is not None:
            return _country(plan, e164[1 + length :])
    return None


def _country(plan: Plan, national: str) -> str | None:
    if len(plan.regions) == 1:
        return plan.regions[0].country
    for region in plan.regions:
        is_it = region.leading_digits.match if region.leading_digits else region.valid.fullmatch
        if is_it(national):
            return region.country
    return None


def is_from_sql(column: str, countries: Collection[str]) -> str:
    """Whether a column's number is of one of these countries; never NULL where the column isn't."""
    meant = {
        code: plan
        for code, plan in _plans().items()
        if any(region.country in countries for region in plan.regions)
    }
    alone = [code for code, plan in meant.items() if len(plan.regions) == 1]
    parts = [f"{column} ~ '^[+]({'|'.join(alone)})'"] if alone else []
    for code, plan in meant.items():
        if len(plan.regions) > 1:
            parts.append(_shared_sql(column, code, plan.regions, countries))
    return f"({' OR '.join(parts)})" if parts else "false"


def country_sql(column: str) -> str:
    """The country of a column's number, NULL where it is none's. A code that is one country's is
    looked up; patterns are asked only of those that several share."""
    alone, shared = {}, {}
    for code, plan in _plans().items():
        if len(plan.regions) == 1:
            alone[code] = plan.regions[0].country
        else:
            shared[code] = _which_sql(f"substr({column}, {len(code) + 2})", plan.regions)
    short = [f"'{code}'" for code in _plans() if len(code) == 2]
    code = f"""CASE WHEN substr({column}, 2, 1) IN ('1', '7') THEN substr({column}, 2, 1)
        WHEN substr({column}, 2, 2) IN ({", ".join(short)}) THEN substr({column}, 2, 2)
        ELSE substr({column}, 2, 3) END"""
    whens = " ".join(f"WHEN '{code}' THEN {which}" for code, which in shared.items())
    return f"""CASE WHEN starts_with({column}, '+')
        THEN CASE {code} {whens} ELSE '{json.dumps(alone)}'::jsonb ->> ({code}) END END"""


def _which_sql(national: str, regions: Iterable[Region]) -> str:
    whens = [
        f"WHEN {national} ~ '^({_shape(region)})' THEN '{region.country}'" for region in regions
    ]
    return f"(CASE {' '.join(whens)} END)"


def _shared_sql(
    column: str, code: str, regions: Iterable[Region], countries: Collection[str]
) -> str:
    """Neighbours with the same answer are one expression, since PostgreSQL keeps few of them."""
    national = f"substr({column}, {len(code) + 2})"
    whens = [f"WHEN NOT starts_with({column}, '+{code}') THEN false"]
    for is_meant, some in groupby(regions, key=lambda region: region.country in countries):
        shape = "|".join(map(_shape, some))
        whens.append(f"WHEN {national} ~ '^({shape})' THEN {'true' if is_meant else 'false'}")
    return f"CASE {' '.join(whens)} ELSE false END"


def _shape(region: Region) -> str:
    if region.leading_digits:
        return f"(?:{region.leading_digits.pattern})"
    return f"(?:{region.valid.pattern})$"


@lru_cache(maxsize=1)
def _plans() -> dict[str, Plan]:
    """By code."""
    codes = map(str, COUNTRY_CODE_TO_REGION_CODE)
    return {code: plan for code in codes if (plan := plan_of(code)) is not None}
