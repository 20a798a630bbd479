"""The document names every address and every method, and is sound by itself."""

import json
import re

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from providers.api import schemas
from providers.api.document import CHANGING, addresses, document, with_references
from providers.models import Scope
from tests.providers.api.document_checks import EACH


def test_every_method_of_every_address_is_told() -> None:
    there, told = set(), set()
    for address, view in addresses():
        there |= {(address, method.upper()) for method in EACH if hasattr(view, method)}
        told |= {(address, method) for method in view.operations}
    assert (there - told, told - there) == (set(), set())
    assert ("/profiles", "POST") in told


def test_whatever_changes_something_needs_a_scope_and_takes_an_idempotency_key() -> None:
    for address, view in addresses():
        for method, operation in view.operations.items():
            needed = view.scopes.get(method)
            if method in CHANGING and not operation.is_reading:
                assert needed in (Scope.WRITE, Scope.SEND, Scope.EXPORT), address
            elif address != "/key":
                assert needed in (Scope.READ, Scope.EXPORT), address
    operations = [(m, one) for path in document()["paths"].values() for m, one in path.items()]
    keyed = {
        one["operationId"]
        for _method, one in operations
        if "Idempotency-Key" in {parameter["name"] for parameter in one["parameters"]}
    }
    reading = {
        one.name for _, view in addresses() for one in view.operations.values() if one.is_reading
    }
    changing = {one["operationId"] for m, one in operations if m.upper() in CHANGING}
    assert (keyed, reading & keyed) == (changing - reading, set())


def test_names_are_told_once_and_schemas_are_sound() -> None:
    names = [one["operationId"] for path in document()["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    for path in document()["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    Draft202012Validator.check_schema(content["schema"])


def test_anybody_may_read_it() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    assert Client().post("/api/v1/openapi.json").json()["code"] == "method_not_allowed"


def test_every_reference_leads_somewhere_and_every_name_is_used() -> None:
    referred = set(re.findall(r"#/components/([\w/]+)", json.dumps(document())))
    there = {
        f"{part}/{name}"
        for part in ("schemas", "responses")
        for name in document()["components"][part]
    }
    assert (referred - there, there - referred) == (set(), set())
    assert {"schemas/Campaign", "schemas/Person", "schemas/Problem"} <= there


def test_two_schemas_of_one_name_are_none() -> None:
    several = [
        schemas.record({"a": part}, name="Twice") for part in (schemas.text(), schemas.BOOLEAN)
    ]
    with pytest.raises(ValueError, match="Twice"):
        with_references(several, {})
