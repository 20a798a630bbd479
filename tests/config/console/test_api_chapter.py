"""The chapter about the API's calls is what its document says."""

from config.console.api_chapter import FILE, chapter
from providers.api.document import document


def test_the_chapter_is_as_the_document_says() -> None:
    assert FILE.read_text() == chapter(), "run: .venv/bin/python manage.py write_api_calls"


def test_every_call_stands_in_it() -> None:
    told = chapter()
    calls = [
        f"`{method.upper()} {address}`"
        for address, methods in document()["paths"].items()
        for method in methods
    ]
    assert [call for call in calls if call not in told] == []
    assert len(calls) == told.count("\n### ")
