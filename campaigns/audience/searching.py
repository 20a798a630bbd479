"""Finding people among millions by the start of what somebody remembers of them."""

from unicodedata import decimal

from django.db.models import Q, QuerySet

from campaigns.audience.words.finding import with_words
from campaigns.models import Profile
from providers.models import Project
from providers.phones.fast_path import code_of
from providers.phones.numbers import PhoneError, read_phone

MOST = 200  # of each kind; who finds more has to write more
LEAST_DIGITS = 4
LONGEST_PHONE = 15
_SIGNS = str.maketrans("", "", " \u00a0\u202f\u2009\t+-‐‑–().,/")


def search(project: Project, text: str) -> list[int]:
    """Profiles whose identity, e-mail or words of the name begin like this, or whose phone does;
    case and accents don't count, but in an identity. Each look-up is one that an index answers."""
    wanted = text.replace("\0", "").strip()
    if not wanted:
        return []
    mine = Profile.objects.of(project)
    found = [mine.filter(identity__startswith=wanted)]
    if (phones := phones_like(wanted, country=project.default_country)) is not None:
        found.append(mine.filter(phones))
    by_words = with_words(project, wanted, most=MOST)
    return sorted({*by_words, *(pk for rows in found for pk in _first(rows))}, reverse=True)


def _first(rows: QuerySet[Profile]) -> list[int]:
    return list(rows.order_by().values_list("pk", flat=True)[:MOST])


def phones_like(text: str, *, country: str) -> Q | None:
    text = "".join(str(decimal(sign, sign)) for sign in text)  # ९० is 90
    digits = text.translate(_SIGNS)
    if not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        return Q(match_key=read_phone(text, default_country=country).match_key)
    except PhoneError:
        pass
    if not LEAST_DIGITS <= len(digits) < LONGEST_PHONE:
        return None
    international = _begins_with(digits.removeprefix("00"))
    if text[:1] == "+":
        return international
    return international | _begins_with(code_of(country) + digits.lstrip("0"))


def _begins_with(digits: str) -> Q:
    """As ranges of numbers: the key is one, and its index knows no prefixes."""
    condition = Q()
    for missing in range(LONGEST_PHONE - len(digits) + 1):
        low = int(digits or 0) * 10**missing
        condition |= Q(match_key__gte=low, match_key__lt=low + 10**missing)
    return condition
