import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.values.cleaning import clean, encode_url_tail

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
ODD = st.sampled_from(" \n\t\u200b\u200c\u200d\u202e\u2028")
ANY_TEXT = st.text(alphabet=st.characters() | ODD)


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("Asha Rao", "Asha Rao"),
        ("  Asha  ", "Asha"),
        ("a\nb", "a b"),
        ("a \r\n\t b", "a b"),
        ("a\u2028b\u2029c", "a b c"),
        ("a    b", "a    b"),
        ("a     b", "a b"),
        ("a\u00a0\u00a0   b", "a b"),
        ("a\u00a0b", "a\u00a0b"),
        ("a\x00b\x1bc\x9fd", "abcd"),
        ("a\u200bb\ufeffc\u2060d\u00ade", "abcde"),
        ("abc\u202edef\u202c", "abcdef"),
        ("\u2066x\u2069\u200e\u200f\u061c", "x"),
        ("a\ud83db", "ab"),
        (FAMILY, FAMILY),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("\u200dAsha\u200c", "Asha"),
        ("a \u200d b", "a  b"),
        (ENGLAND, ENGLAND),
        ("a\U000e0067b", "ab"),
        ("❤️ 👍🏽", "❤️ 👍🏽"),
        ("\u200b \u2060\n", ""),
    ],
)
def test_a_value_is_made_fit_for_whatsapp(value: str, cleaned: str) -> None:
    assert clean(value) == cleaned


@given(ANY_TEXT)
def test_no_value_breaks_whatsapps_rules_once_it_is_clean(value: str) -> None:
    cleaned = clean(value)

    assert clean(cleaned) == cleaned
    assert not re.search(r"[\n\r\t]|\s{5}|^\s|\s\Z", cleaned)
    assert cleaned.encode("utf-8").decode() == cleaned


@pytest.mark.parametrize(
    ("value", "tail"),
    [
        ("sale/summer?ref=wa&x=1#top", "sale/summer?ref=wa&x=1#top"),
        ("two words", "two%20words"),
        ("a:b|c", "a%3Ab%7Cc"),
        ("façade/niño", "fa%C3%A7ade/ni%C3%B1o"),
        ("already%20there", "already%20there"),
        ("50% off", "50%25%20off"),
        ('a\n<b>"', "a%20%3Cb%3E%22"),
        ("{{1}}", "%7B%7B1%7D%7D"),
    ],
)
def test_the_tail_of_a_link_is_encoded_once(value: str, tail: str) -> None:
    assert encode_url_tail(value) == tail
    assert encode_url_tail(tail) == tail


@given(ANY_TEXT)
def test_the_tail_of_a_link_is_plain_ascii_without_blanks(value: str) -> None:
    assert re.fullmatch(r"[!#-;=?-Z_a-z~]*", encode_url_tail(value))
