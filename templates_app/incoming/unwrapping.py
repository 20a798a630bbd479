"""The templates of a JSON document, whatever was wrapped around them."""

from collections.abc import Iterator, Mapping

# Under one of these a template, or a list of them, may be wrapped.
WRAPPERS = (
    *("template", "templates", "data", "message_templates", "waba_templates", "results"),
    *("entry", "changes", "value"),  # the envelope of Meta's webhooks
)
DEEPEST = 8


def templates_in(document: object) -> Iterator[object]:
    """One, a list of them, or an answer of Meta's that holds a list. What is none comes as it is,
    so that it can be refused by name."""
    yield from _unwrapped(document, depth=0)


def _unwrapped(document: object, *, depth: int) -> Iterator[object]:
    if isinstance(document, list):
        for item in document:
            yield from _unwrapped(item, depth=depth + 1) if depth < DEEPEST else iter(())
        return
    if not isinstance(document, Mapping) or "components" in document:
        yield document
        return
    inner = next(
        (document[key] for key in WRAPPERS if isinstance(document.get(key), list | dict)), None
    )
    if inner is None or depth >= DEEPEST:
        yield document
    else:
        yield from _unwrapped(inner, depth=depth + 1)
