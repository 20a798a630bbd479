"""The chapter of docs/ that names every call of the API, made of its document. It is kept as a
file, so that it is read wherever the other chapters are; a test holds it equal to this.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from config.console.manual import FOLDER
from providers.api.document import OF_NAMES, ROOT, document

FILE: Path = FOLDER / "api-calls.md"
TITLE = "Calls of the API"
BEGINNING = f"""\
# {TITLE}

Made of the API's own document, `/{ROOT}openapi.json` (OpenAPI 3.1), from which programs are made,
too. [The API](api.md) says how it is used. Addresses stand behind `/{ROOT.rstrip("/")}`.
"""


def chapter() -> str:
    return "\n".join([BEGINNING, *_chapters()]).rstrip() + "\n"


def _chapters() -> Iterator[str]:
    part = ""
    for address, methods in document()["paths"].items():
        if (here := _part_of(address)) != part:
            part = here
            yield f"## {part.capitalize()}\n"
        for method, operation in methods.items():
            yield from _call(method.upper(), address, operation)


def _part_of(address: str) -> str:
    return address.strip("/").replace(":", "/").partition("/")[0]


def _call(method: str, address: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {operation['summary']}\n"
    yield f"`{method} {address}`\n"
    if operation["description"]:
        yield f"{operation['description']}\n"
    named = [one for one in operation["parameters"] if one["in"] == "query"]
    if named:
        yield "Parameters:\n"
        yield "\n".join(_field(one["name"], one["schema"], 0) for one in named) + "\n"
    if "requestBody" in operation:
        yield "Body:\n"
        yield "\n".join(_fields(operation["requestBody"]["content"], 0)) + "\n"
    status, answer = next(iter(operation["responses"].items()))
    yield f"Answer, {status}:\n"
    yield "\n".join(_fields(answer["content"], 0)) + "\n"


def _fields(content: Mapping[str, Any], depth: int) -> Iterator[str]:
    if content.keys() != {"application/json"}:
        yield f"{'  ' * depth}- a file: {', '.join(content)}"
        return
    (media_type,) = content.values()
    yield from _inside(media_type["schema"], depth)


def _inside(schema: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Where it may be one of several, each by its title."""
    schema = _whole(schema)
    several = [_whole(each) for each in schema.get("anyOf", ())]
    if len(several) == 2 and several[1] == {"type": "null"}:
        yield from _inside(several[0], depth)
        return
    for each in several:
        yield f"{'  ' * depth}- {each.get('title', 'otherwise')}:"
        yield from _inside(each, depth + 1)
    needed = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield _field(name, each, depth, is_needed=name in needed)
        yield from _inside(each.get("items", each), depth + 1)


def _whole(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where it is one that has a name, that one."""
    name = schema.get("$ref", "").removeprefix(OF_NAMES)
    found: Mapping[str, Any] = document()["components"]["schemas"][name] if name else schema
    return found


def _field(name: str, schema: Mapping[str, Any], depth: int, *, is_needed: bool = True) -> str:
    words = [_kind(schema)]
    if not is_needed:
        words.append("may be left out")
    if said := schema.get("description") or schema.get("items", {}).get("description"):
        words.append(said)
    return f"{'  ' * depth}- `{name}`: {'; '.join(words).rstrip('.')}"


def _kind(schema: Mapping[str, Any]) -> str:
    schema = _whole(schema)
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        values = ", ".join(f"`{value}`" for value in schema["enum"] if value is not None)
        return f"{values}{' or null' if None in schema['enum'] else ''}"
    kinds = schema.get("type", "anything")
    several = kinds if isinstance(kinds, list) else [kinds]
    return " or ".join(_word(kind, schema) for kind in several)


def _word(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        return f"list of {_kind(schema['items'])}s"
    if kind == "string":
        return {"date-time": "moment", "date": "day"}.get(schema.get("format", ""), "text")
    return {"integer": "number", "boolean": "true or false"}.get(kind, kind)
