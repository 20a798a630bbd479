"""The few shapes that the API's document is made of (JSON Schema, as OpenAPI 3.1 has it)."""

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]

BOOLEAN: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}


def text(said: str = "", *, most: int = 0, example: str = "") -> Schema:
    """`most`: characters, 0 for no end of its own."""
    schema: Schema = {"type": "string"}
    if said:
        schema["description"] = said
    if most:
        schema["maxLength"] = most
    return schema | ({"examples": [example]} if example else {})


def whole(said: str = "", *, least: int | None = None, most: int | None = None) -> Schema:
    schema: Schema = {"type": "integer"}
    if said:
        schema["description"] = said
    if least is not None:
        schema["minimum"] = least
    return schema if most is None else schema | {"maximum": most}


def moment(said: str = "") -> Schema:
    return {"type": "string", "format": "date-time"} | ({"description": said} if said else {})


def one_of(values: Iterable[str], said: str = "") -> Schema:
    return {"type": "string", "enum": list(values)} | ({"description": said} if said else {})


def or_null(schema: Schema) -> Schema:
    if "title" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    also = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | also


def either(*several: Schema) -> Schema:
    """One of them, each with a name."""
    return {"anyOf": list(several)}


def list_of(schema: Schema, *, most: int = 0) -> Schema:
    return {"type": "array", "items": schema} | ({"maxItems": most} if most else {})


def numbers_by_name(said: str = "") -> Schema:
    schema: Schema = {"type": "object", "additionalProperties": {"type": "integer"}}
    return schema | ({"description": said} if said else {})


def record(
    fields: Mapping[str, Schema],
    *,
    needed: Iterable[str] | None = None,
    is_open: bool = False,
    name: str = "",
) -> Schema:
    """All fields are needed unless `needed` names those that are; `is_open`: others may come. One
    with a name stands once in the document, and programs that are made of it have a type of that
    name."""
    required = list(fields if needed is None else needed)
    schema: Schema = {"title": name} if name else {}
    schema |= {"type": "object", "properties": dict(fields)}
    if required:
        schema["required"] = required
    return schema if is_open else schema | {"additionalProperties": False}
