"""Templates as Meta's own JSON, which this project and others can read again."""

from collections.abc import Iterable, Iterator, Mapping

from providers.watch import auditing
from providers.watch.actors import Actor
from templates_app.models import Template
from templates_app.wording import placeholders


def export(templates: Iterable[Template], *, by: Actor) -> list[dict[str, object]]:
    """To be taken along, which the audit log tells of each."""
    taken = list(templates)
    auditing.record_each("template.exported", by=by, targets=taken)
    return [as_meta(template) for template in taken]


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
