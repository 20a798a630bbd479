import pytest

from providers.gateway.codes import send_code
from providers.gateway.named_parts import as_told, with_part


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The media could not be fetched from the given URL.", "101-media"),
        ('The parameter "media_url" is missing or invalid', "101-media"),
        ("Invalid image", "101-media"),
        ("The parameter 'buttonUrlParam' is missing or invalid.", "101-link"),
        ("Phone number is invalid", "101-number"),
        ("The parameter 'send_to' is missing or invalid.", "101-number"),
        ("The parameter 'msg' is missing or invalid.", "101-text"),
        ("var2 missing", "101-text"),
        ("The parameter 'template_id' is missing or invalid.", "101-template"),
        ("The parameter 'profile' is missing or invalid.", "101"),
        ("contextual", "101"),
        ("", "101"),
    ],
)
def test_the_text_of_101_says_what_it_is_about(text: str, code: str) -> None:
    assert with_part("101", text) == code


def test_other_codes_stay_as_they_are() -> None:
    assert with_part("105", "The media could not be fetched") == "105"


def test_the_sentence_says_that_the_pictures_address_cant_be_reached() -> None:
    known = send_code("101-media")

    assert known.meaning == "Gupshup could not fetch the picture or file from its address"
    assert known.trouble is send_code("101").trouble


@pytest.mark.parametrize(
    ("kept", "told"), [("101-media", "101"), ("101", "101"), ("1010", "1010"), ("", "")]
)
def test_people_are_told_gupshups_own_code(kept: str, told: str) -> None:
    assert as_told(kept) == told
