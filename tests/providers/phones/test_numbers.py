"""Numbers as people write them; the rows of the table in the reference, each with what becomes
of it.
"""

import random

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.phones.fast_path import are_plain_phones, plain_phone, plan_of
from providers.phones.numbers import (
    DIGITS_LOST,
    EMPTY,
    NOT_A_NUMBER,
    NOT_IN_USE,
    TOO_LONG,
    TOO_SHORT,
    UNKNOWN_COUNTRY,
    ZERO_FOR_PLUS,
    Phone,
    PhoneError,
    match_key,
    read_phone,
)


def refusal(raw: str, country: str) -> str:
    with pytest.raises(PhoneError) as refused:
        read_phone(raw, default_country=country)
    return refused.value.reason


@pytest.mark.parametrize(
    ("raw", "country", "e164"),
    [
        ("+919876543210", "IN", "+919876543210"),
        ("09876543210", "IN", "+919876543210"),
        ("9876543210", "IN", "+919876543210"),
        ("919876543210", "IN", "+919876543210"),
        ("00919876543210", "IN", "+919876543210"),
        ("+00919876543210", "IN", "+919876543210"),
        ("+9109876543210", "IN", "+919876543210"),
        ("+91 (0) 98765-43210", "IN", "+919876543210"),
        # A foreign national number that happens to be an Indian one: nobody can tell.
        ("(631) 555-1234", "IN", "+916315551234"),
        ("+1 (631) 555-1234", "IN", "+16315551234"),
        ("+52 1 55 1234 5678", "MX", "+525512345678"),
        ("+52 1 55 1234 5678", "IN", "+525512345678"),
        ("5215512345678", "MX", "+525512345678"),
        ("+52 55 1234 5678", "MX", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("045 55 1234 5678", "MX", "+525512345678"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("+54 11 15 2345 6789", "AR", "+5491123456789"),
        ("+54 9 11 2345 6789", "AR", "+5491123456789"),
        ("+54 11 2345 6789", "AR", "+541123456789"),
        ("+55 11 8765-4321", "BR", "+5511987654321"),
        ("(11) 8765-4321", "BR", "+5511987654321"),
        ("+55 31 7123-4567", "BR", "+5531971234567"),
        ("+55 11 98765-4321", "BR", "+5511987654321"),
        ("+55 11 3876-5432", "BR", "+551138765432"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("+225 07 07 12 34 56", "CI", "+2250707123456"),
        ("+39 06 1234567", "IT", "+39061234567"),
        ("919876543210.0", "IN", "+919876543210"),
        ("'+919876543210", "IN", "+919876543210"),
        ("٠٩٨٧٦٥٤٣٢١٠", "IN", "+919876543210"),
        ("\u200e+91\u00a098765\u201143210\u202c", "IN", "+919876543210"),
        ("whatsapp:+919876543210", "IN", "+919876543210"),
        ("919876543210@c.us", "IN", "+919876543210"),
        ("919876543210@s.whatsapp.net", "US", "+919876543210"),
        (" ＋91 98765 43210 ", "IN", "+919876543210"),
        ("00 44 7400 123456", "IN", "+447400123456"),
        ("+447400123456", "", "+447400123456"),
    ],
)
def test_a_number_is_understood_as_it_is_written(raw: str, country: str, e164: str) -> None:
    assert read_phone(raw, default_country=country) == Phone(e164=e164, match_key=match_key(e164))


@pytest.mark.parametrize(
    ("raw", "country", "reason"),
    [
        ("", "IN", EMPTY),
        ("  -  ", "IN", EMPTY),
        ("9.19877E+11", "IN", DIGITS_LOST),
        ("9,19877e+11", "IN", DIGITS_LOST),
        ("+91 9000O11122", "IN", NOT_A_NUMBER),
        ("1-800-FLOWERS", "US", NOT_A_NUMBER),
        ("+919000011122 ext 5", "IN", NOT_A_NUMBER),
        ("+919000011122, +919000011123", "IN", NOT_A_NUMBER),
        ("91+9000011122", "IN", NOT_A_NUMBER),
        ("0919876543210", "IN", ZERO_FOR_PLUS),
        ("+225 07 12 34 56", "CI", TOO_SHORT),
        ("+1 555 0100", "IN", TOO_SHORT),
        ("+9190000111223344", "IN", TOO_LONG),
        ("+915000000000", "IN", NOT_IN_USE),
        ("+999123456789", "IN", UNKNOWN_COUNTRY),
    ],
)
def test_an_impossible_number_is_refused_with_the_way_out(
    raw: str, country: str, reason: str
) -> None:
    assert refusal(raw, country) == reason


@pytest.mark.parametrize("raw", ["1 (631) 555-1234", "56161", "447400123456", "12"])
def test_a_number_that_is_none_of_the_default_country_is_asked_for_its_country_code(
    raw: str,
) -> None:
    assert refusal(raw, "IN") == (
        "Not a valid number in India. "
        "If it is from another country, write it with + and the country code."
    )


def test_a_national_number_without_a_default_country_is_refused() -> None:
    assert refusal("9876543210", "") == UNKNOWN_COUNTRY


def test_a_refusal_never_holds_the_number() -> None:
    for raw in ("+91 9000O11122", "0919876543210", "+9190000111223344", "1 (631) 555-1234"):
        assert not any(part in refusal(raw, "IN") for part in ("9000", "98765", "555"))


# The same person ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5511987654321", "551187654321"),
        ("+5531971234567", "553171234567"),
        ("+525512345678", "5215512345678"),
        ("+5491123456789", "541123456789"),
        ("+919876543210", "919876543210"),
        ("+٩١٩٨٧٦٥٤٣٢١٠", "919876543210"),
        ("+91 98765-43210", "919876543210"),
    ],
)
def test_the_spellings_of_one_whatsapp_person_have_one_key(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+551138765432", "+5511938765432"),  # a landline and a mobile
        ("+919876543210", "+918765432109"),
        ("+5219981234567", "+52998123456"),
    ],
)
def test_different_numbers_have_different_keys(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


@given(st.text())
def test_any_text_has_a_key_that_the_database_can_hold(text: str) -> None:
    assert 0 <= match_key(text) < 2**63


@given(st.from_regex(r"\+?[0-9]{1,20}", fullmatch=True))
def test_a_plus_makes_no_difference_to_the_key(text: str) -> None:
    assert match_key(text) == match_key(text.lstrip("+"))


def test_what_is_understood_has_the_key_of_its_e164() -> None:
    for raw in ("+52 1 55 1234 5678", "+55 11 8765-4321", "011 15-2345-6789"):
        country = {"+52": "MX", "+55": "BR"}.get(raw[:3], "AR")
        phone = read_phone(raw, default_country=country)
        assert phone.match_key == match_key(phone.e164)


# The cheap way ------------------------------------------------------------------------------


def by_phonenumbers(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def near_misses(country: str, *, seed: int) -> list[str]:
    """Numbers of a country with digits changed, missing, or with prefixes in front."""
    chance = random.Random(seed)
    code = str(phonenumbers.country_code_for_region(country))
    examples = [
        phonenumbers.national_significant_number(number)
        for kind in range(11)
        if (number := phonenumbers.example_number_for_type(country, kind))
    ]
    texts = []
    for _ in range(40):
        whole = chance.choice(examples)
        kept = whole[: chance.randint(0, len(whole))]
        national = kept + "".join(chance.choices("0123456789", k=len(whole) - len(kept)))
        prefix = chance.choice(["", "", "", "0", "1", "8", "15", code])
        texts += [f"+{code}{prefix}{national}", f"{prefix}{national}", f"{code}{national}"]
    return texts


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_cheap_way_never_contradicts_phonenumbers(country: str) -> None:
    read = {
        text: cheap
        for text in near_misses(country, seed=7)
        if (cheap := plain_phone(text, default_country=country))
    }
    assert read == {text: by_phonenumbers(text, country) for text in read}


@pytest.mark.parametrize("country", ["IN", "BR", "AR", "DE", "ID", "MX", "US"])
def test_many_numbers_of_one_country_are_plain_where_each_of_them_is(country: str) -> None:
    tried = [text for text in near_misses(country, seed=9) if text[0] == "+"]
    plain = [text for text in tried if plain_phone(text, default_country=country)]
    plan = plan_of(str(phonenumbers.country_code_for_region(country)))
    assert plan is not None
    assert plain
    assert are_plain_phones(plain) == (len(plan.regions) == 1)
    for text in [*(set(tried) - set(plain)), f"{plain[0]}\n", f"\n{plain[0]}", ""]:
        assert not are_plain_phones([*plain, text])


@given(st.from_regex(r"\+?[0-9]{8,15}", fullmatch=True))
@example("+079123456789")  # no country's code begins with 0, but int("07") is Russia's
def test_the_cheap_way_never_contradicts_phonenumbers_on_any_digits(text: str) -> None:
    cheap = plain_phone(text, default_country="IN")
    assert cheap in {None, by_phonenumbers(text, "IN")}


def test_the_cheap_way_takes_ordinary_numbers() -> None:
    numbers = ["+919000011122", "9000011122", "919000011122", "+447400123456", "+16315551234"]
    assert [plain_phone(number, default_country="IN") for number in numbers] == [
        "+919000011122",
        "+919000011122",
        "+919000011122",
        "+447400123456",
        "+16315551234",
    ]
