"""Templates as Meta's own JSON, which this project and others can read again."""

from collections.abc import Iterator, Mapping

from templates_app.models import Template
from templates_app.wording import placeholders


def as_meta(template: Template) -> dict[str, object]:
    """The current wording, just as it is stored."""
    content = template.current.content if template.current else {"components": []}
    components = content.get("components", [])
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        **({"id": template.vendor_id} if template.vendor_id else {}),
        **({"parameter_format": "NAMED"} if _is_named(components) else {}),
        "components": components,
    }


def _is_named(components: object) -> bool:
    names = (name for text in _texts(components) for name in placeholders.names_in(text))
    return any(not name.isdigit() for name in names)


def _texts(value: object) -> Iterator[str]:
    """Every text, however deep: cards hold components of their own."""
    if isinstance(value, Mapping):
        text = value.get("text")
        if isinstance(text, str):
            yield text
        for key in ("components", "cards"):
            yield from _texts(value.get(key))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
