"""Form encoding by the short way gives what the long way gives."""

from urllib.parse import parse_qsl, quote_plus, urlencode

from hypothesis import given
from hypothesis import strategies as st

from providers.simulator.forms import form_encoded, read_form

texts = st.text() | st.text(alphabet='abcXYZ019_.~{}[]":,|+-')


@given(texts)
def test_text_is_written_as_the_standard_library_would(text: str) -> None:
    assert form_encoded(text) == quote_plus(text)


@given(st.dictionaries(st.from_regex(r"[a-z_]+", fullmatch=True), texts, min_size=1))
def test_a_form_is_read_as_the_standard_library_would(form: dict[str, str]) -> None:
    encoded = urlencode(form)
    assert read_form(encoded) == dict(parse_qsl(encoded, keep_blank_values=True))
