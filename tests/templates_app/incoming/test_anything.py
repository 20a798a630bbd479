"""Whatever comes from elsewhere: it is read or refused in words, and the rules can judge it."""

import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.incoming.found import IncomingError
from templates_app.incoming.gupshup_rows import button_of
from templates_app.incoming.meta_json import read_json
from templates_app.incoming.uploads import read_upload
from templates_app.keeping.readiness import problems_before_approval
from templates_app.models import Kind, Template
from templates_app.rules.shape import kind_of
from templates_app.wording.reading import read_wording

WORDS = st.sampled_from(
    [
        *("name", "language", "components", "template", "data", "type", "text", "buttons"),
        *("cards", "example", "format", "BODY", "HEADER", "BUTTONS", "CAROUSEL", "{{1}}"),
        "LIMITED_TIME_OFFER",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=30,
)


@given(VALUES)
@settings(max_examples=150)
def test_any_json_is_read_or_refused_in_words(value: object) -> None:
    with suppress(IncomingError):
        for found in read_json(json.dumps(value)).found:
            wording = read_wording(found.content)
            template = Template(
                name=found.name,
                language=found.language,
                category=found.category,
                kind=kind_of(wording) or Kind.BASIC,
            )
            problems_before_approval(template, wording)


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    with suppress(IncomingError):
        read_upload(data, file_name="../../etc/passwd")


@given(VALUES)
@settings(max_examples=150)
def test_any_button_is_read_or_left_out(value: object) -> None:
    assert button_of(value) is None or isinstance(button_of(value), dict)
