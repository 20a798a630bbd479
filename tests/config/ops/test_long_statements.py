"""What a page asks of PostgreSQL, where it takes too long."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client
from pytest_django import Settings

from config.ops.long_statements import _limit, limit_statements
from providers.models import Project, Role
from tests.factories import MembershipFactory
from tests.workers import database_url

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = "/campaigns/customlist/"


@pytest.fixture
def impatient(settings: Settings) -> Iterator[None]:
    """As in the console's process (config/wsgi.py), whose connections are made anew."""
    settings.PAGE_STATEMENT_SECONDS = 0.2
    limit_statements()
    connection.close()
    yield
    connection_created.disconnect(_limit)
    connection.close()


@pytest.fixture
def client() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(MembershipFactory.create(role=Role.MARKETER).user)
    return client


@contextmanager
def somebody_holds(table: str) -> Iterator[None]:
    with psycopg.connect(database_url()) as other:
        other.execute(f"LOCK TABLE {table}")
        yield


def test_a_page_that_takes_too_long_is_stopped_and_says_so(client: Client, impatient: None) -> None:
    with somebody_holds("campaigns_customlist"):
        stopped = client.get(LISTS)
    page = stopped.content.decode()
    assert (stopped.status_code, "had not finished after 0.2 seconds" in page) == (503, True)
    assert client.get(LISTS).status_code == 200


def test_nothing_is_changed_by_what_is_stopped(client: Client, impatient: None) -> None:
    form = {"name": "Regulars", "description": ""}
    with somebody_holds("providers_auditentry"):
        stopped = client.post("/campaigns/customlist/add/", form)
    assert stopped.status_code == 503
    assert Project.objects.get().lists.count() == 0


def test_scripts_are_answered_in_their_own_form(client: Client, impatient: None) -> None:
    with somebody_holds("campaigns_customlist"):
        stopped = client.get(LISTS, headers={"Accept": "application/json"})
    assert stopped.json()["said"].startswith("The database had not finished after 0.2 seconds")
