"""What a property may be called, and the name that comes nearest to a column's."""

import unicodedata

LONGEST_NAME = 120
# Beside letters with their marks, digits and signs of money. None that ends a string of JSON or a
# place in a template.
_SIGNS = frozenset("_ .,:;&/()+-%#'’?!*@=°–—·\u200c\u200d")  # joiners: Indian scripts need them
_FIRST_SIGNS = frozenset("#%")


def is_property_name(name: str) -> bool:
    return bool(name) and name == property_name_of(name)


def property_name_of(label: str) -> str:
    """Empty where nothing of it can stay."""
    composed = unicodedata.normalize("NFC", label)
    kept = "".join(sign if _may_stand(sign) else " " for sign in composed)
    words = " ".join(kept.split())
    begin = next((n for n, sign in enumerate(words) if _may_begin(sign)), len(words))
    return words[begin:][:LONGEST_NAME].strip()


def _may_stand(sign: str) -> bool:
    return sign in _SIGNS or unicodedata.category(sign)[0] in "LMN" or _is_money(sign)


def _may_begin(sign: str) -> bool:
    return sign in _FIRST_SIGNS or unicodedata.category(sign)[0] in "LN" or _is_money(sign)


def _is_money(sign: str) -> bool:
    return unicodedata.category(sign) == "Sc"
