"""Each operation of the API with calls drawn by chance, those that its document allows and those
that it doesn't: nothing breaks, and nothing is answered that the document does not say.

Not a part of `make test`: `make contract` brings what it needs along.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from pytest_django import Settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as of_openapi

from providers.models import Project, Scope
from tests.campaigns.api.test_reading import one_of_each
from tests.factories import ProjectFactory, ProviderFactory
from tests.providers.api.keys import key_of

CASES = int(os.environ.get("CASES", "10"))  # of each operation: more by hand
CHECKS = [
    checks.not_a_server_error,
    of_openapi.status_code_conformance,
    of_openapi.content_type_conformance,
    of_openapi.response_schema_conformance,
]

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture(autouse=True)
def _connection_stays_open() -> Iterator[None]:
    """A request that ends closes it, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Any) -> tuple[Project, str, dict[str, int]]:
    """A project with something of each kind, and a key that may do anything in it."""
    settings.API_CALLS_A_MINUTE = 10_000_000
    settings.MEDIA_ROOT = tmp_path
    project = ProjectFactory.create()
    ProviderFactory.create(project=project)
    return project, key_of(project, *Scope)[1], one_of_each(project)


@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_nothing_is_answered_that_the_document_does_not_say(
    case: Any, world: tuple[Project, str, dict[str, int]]
) -> None:
    _project, key, numbers = world
    # One drawn by chance is nobody's.
    drawn = case.path_parameters.get("number")
    if isinstance(drawn, int) and drawn % 2 == 0:
        case.path_parameters["number"] = numbers[case.path.split("/")[1]]
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)
