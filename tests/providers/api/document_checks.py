"""Holds an answer of the API against what its document promises."""

import re
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from providers.api.document import document

ROOT = "/api/v1"
EACH = ("get", "post", "put", "patch", "delete")


def check(answer: Any) -> None:
    """An answer of Django's test client."""
    method = answer.request["REQUEST_METHOD"].lower()
    operation = operation_at(answer.request["PATH_INFO"], method)
    assert operation is not None, "there is no such operation"
    promised = resolved(operation["responses"].get(str(answer.status_code)))
    assert promised, f"{answer.status_code} is not documented: {answer.content!r}"
    media_type = answer["Content-Type"].partition(";")[0]
    assert media_type in promised["content"]
    if not media_type.endswith("json"):
        return
    content = promised["content"][media_type]
    schema = {**content["schema"], "components": document()["components"]}
    Draft202012Validator(schema).validate(answer.json())


def operation_at(address: str, method: str) -> Mapping[str, Any] | None:
    path = address.removeprefix(ROOT)
    for pattern, methods in document()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[0-9]+", re.escape(pattern)), path):
            found: Mapping[str, Any] | None = methods.get(method)
            return found
    return None


def resolved(part: Any) -> Any:
    if not part or "$ref" not in part:
        return part
    found: Any = document()
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found
