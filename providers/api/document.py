"""The API's document (OpenAPI 3.1), made of what its addresses say of themselves.

Not by a package: bodies here are read without serializers, which the packages make theirs of
(docs/dependencies.md).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from providers.api import schemas
from providers.api.base import ApiView
from providers.api.bodies import MOST_BYTES
from providers.api.operations import Operation
from providers.api.problems import MEDIA_TYPE

ROOT = "api/v1/"
OF_NAMES = "#/components/schemas/"
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
_PART = re.compile(r"<int:(\w+)>")

PROBLEM = schemas.record(
    {
        "type": schemas.text(),
        "title": schemas.text(),
        "status": schemas.whole(),
        "code": schemas.text("Never changes: what a program decides by."),
        "detail": schemas.text("For people to read."),
        "errors": schemas.list_of(
            schemas.record(
                {
                    "path": schemas.text("Leads into the body, like “records.3.phone”."),
                    "code": schemas.text(),
                    "detail": schemas.text(),
                }
            )
        ),
    },
    needed=["type", "title", "status", "code", "detail"],
    name="Problem",
)
WRONG = {
    HTTPStatus.BAD_REQUEST: "What was sent can't be read.",
    HTTPStatus.UNAUTHORIZED: "There is no key, or it is not taken any more.",
    HTTPStatus.FORBIDDEN: "The key may not do that, or not from there.",
    HTTPStatus.NOT_FOUND: "It isn't there.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address has no such method.",
    HTTPStatus.CONFLICT: "A call with the same Idempotency-Key is under way.",
    HTTPStatus.PRECONDITION_FAILED: "Somebody has changed it since you read it.",
    HTTPStatus.PRECONDITION_REQUIRED: "If-Match is missing.",
    HTTPStatus.LENGTH_REQUIRED: "The body has no Content-Length.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: f"The body has more than {MOST_BYTES:,} bytes.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something is wrong with it; “errors” names each part.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many calls; Retry-After says when to come again.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke, and nothing was changed.",
    HTTPStatus.SERVICE_UNAVAILABLE: "It can't be done now; Retry-After says when to try again.",
}
OF_BODIES = {
    HTTPStatus.LENGTH_REQUIRED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
OF_VERSIONS = {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that the draft was read with; * for whatever it is now. Needed.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A name of your own for this call, like a UUID. For 24 hours its repeats do "
    "nothing and get the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


BEGINNING = (
    "Each answer to GET can be asked for in part: “?fields=id,name” gives these fields alone, of "
    "each record where there are many. The schemas are of whole answers."
)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for address, view in addresses():
        for method, operation in view.operations.items():
            told = _operation(address, method, view, operation)
            paths.setdefault(_PART.sub(r"{\1}", address), {})[method.lower()] = told
    of_names: dict[str, Any] = {}
    paths = with_references(paths, of_names)
    with_references(PROBLEM, of_names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kabootar", "version": "1", "description": BEGINNING},
        "servers": [{"url": f"/{ROOT.rstrip('/')}"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": of_names,
            "responses": {str(status.value): _problem(status) for status in WRONG},
        },
    }


def with_references(part: Any, of_names: dict[str, Any]) -> Any:
    """Each schema that has a name goes to `of_names`, and is referred to where it stood."""
    if isinstance(part, list):
        return [with_references(each, of_names) for each in part]
    if not isinstance(part, dict):
        return part
    whole = {key: with_references(each, of_names) for key, each in part.items()}
    name = whole.get("title")
    if not isinstance(name, str):
        return whole
    if of_names.setdefault(name, whole) != whole:
        raise ValueError(f"Two schemas are called {name}.")
    return {"$ref": f"{OF_NAMES}{name}"}


def addresses() -> Iterator[tuple[str, type[ApiView]]]:
    """Of all apps: with a slash at the front, as Django writes them."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == ROOT:
            yield from _inside(resolver)


def _inside(resolver: URLResolver) -> Iterator[tuple[str, type[ApiView]]]:
    for each in resolver.url_patterns:
        view = getattr(each.callback, "view_class", None) if isinstance(each, URLPattern) else None
        if view is not None and issubclass(view, ApiView):
            yield f"/{each.pattern}", view


def _operation(
    address: str, method: str, view: type[ApiView], operation: Operation
) -> dict[str, Any]:
    said = [operation.said] if operation.said else []
    if scope := view.scopes.get(method):
        said.append(f"The key needs the scope “{scope.value}”.")
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": " ".join(said),
        "parameters": list(_parameters(address, method, operation)),
        "responses": {
            str(int(operation.status)): _answer(operation),
            **{
                str(status.value): _reference(status)
                for status in _wrong(address, method, is_guarded=operation.is_guarded)
            },
        },
    }
    if operation.body is not None:
        content = {"application/json": {"schema": operation.body}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _parameters(address: str, method: str, operation: Operation) -> Iterator[dict[str, Any]]:
    for name in _PART.findall(address):
        schema = schemas.whole(least=0)
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name, schema in operation.query.items():
        yield {"name": name, "in": "query", "schema": schema}
    if method in CHANGING and not operation.is_reading:
        yield IDEMPOTENCY_KEY
        if operation.is_guarded:
            yield IF_MATCH


def _answer(operation: Operation) -> dict[str, Any]:
    content = {media_type: {"schema": operation.answer} for media_type in operation.media_types}
    answer = {"description": "All is well.", "content": content}
    tagged = {"ETag": {"description": "Names this version.", "schema": schemas.text()}}
    return answer | ({"headers": tagged} if operation.is_guarded else {})


def _wrong(address: str, method: str, *, is_guarded: bool) -> list[HTTPStatus]:
    without = set() if method in CHANGING else OF_BODIES
    if not is_guarded or method not in CHANGING:
        without = without | OF_VERSIONS
    if not _PART.search(address):
        without = without | {HTTPStatus.NOT_FOUND}
    return [status for status in WRONG if status not in without]


def _problem(status: HTTPStatus) -> dict[str, Any]:
    schema = {"$ref": f"{OF_NAMES}{PROBLEM['title']}"}
    return {"description": WRONG[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def _reference(status: HTTPStatus) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{status.value}"}
