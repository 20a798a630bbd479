"""A number's country is the one that `phonenumbers` says, in Python and in SQL."""

import phonenumbers
import pytest
from django.db import connection
from phonenumbers import SUPPORTED_REGIONS, PhoneNumberFormat

from providers.phones.country_of import country_of, country_sql, is_from_sql

ASKED = [["IN"], ["US"], ["CA", "IN"], ["KZ"], ["GB", "JE"], ["US", "BS", "VI", "DE"], ["ZZ"], []]


def examples() -> list[str]:
    numbers = (phonenumbers.example_number(region) for region in sorted(SUPPORTED_REGIONS))
    return [
        *(phonenumbers.format_number(number, PhoneNumberFormat.E164) for number in numbers),
        *("+18005550199", "+12425550123", "+14165550123", "+77011234567", "+447700900123"),
    ]


def test_a_number_is_of_the_country_that_phonenumbers_says() -> None:
    said = {
        phone: phonenumbers.region_code_for_number(phonenumbers.parse(phone))
        for phone in examples()
    }
    assert {phone: country_of(phone) for phone in said} == said


@pytest.mark.parametrize("text", ["", "+", "9190000", "+0", "+999123", "+1000", "+é", "x'; --"])
def test_what_is_no_number_is_of_no_country(text: str) -> None:
    assert country_of(text) is None


@pytest.mark.django_db
@pytest.mark.parametrize("countries", [*ASKED, sorted(SUPPORTED_REGIONS)])
def test_sql_says_the_same(countries: list[str]) -> None:
    phones = [*examples(), "", "+", "9190000", "+0", "+999123", "+1000"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT phone FROM unnest(%s::text[]) phone WHERE {is_from_sql('phone', countries)}",
            [phones],
        )
        found = [phone for (phone,) in cursor.fetchall()]
    assert found == [phone for phone in phones if country_of(phone) in countries]


@pytest.mark.django_db
def test_sql_names_the_same_country() -> None:
    phones = [*examples(), "", "+", "9190000", "+0", "+999123", "+1000", "x'; --"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT phone, {country_sql('phone')} FROM unnest(%s::text[]) phone", [phones]
        )
        found = cursor.fetchall()
    assert found == [(phone, country_of(phone)) for phone in phones]
