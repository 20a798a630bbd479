"""What many tests begin with: one project, and people of each role signed in to it."""

import gc
from collections.abc import Iterator

import hypothesis
import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from callbacks.receiving.authentication import keys
from callbacks.receiving.refusing import refusals
from callbacks.views import receipts
from config import urls as urls  # whose import registers the console's pages, of which many ask
from providers.models import Project, Role
from tests.emptying import sql_to_empty
from tests.factories import MembershipFactory, ProjectFactory, UserFactory

# How long an example takes says more of the machine than of the code. The examples are the same
# each time, so that a change is judged by what it changes; --hypothesis-profile=new tries others.
hypothesis.settings.register_profile("new", deadline=None)
hypothesis.settings.register_profile("kabootar", deadline=None, derandomize=True)
hypothesis.settings.load_profile("kabootar")


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly() -> None:
    connection.ops.sql_flush = sql_to_empty


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A live server's thread has a connection for as long as its client keeps the socket open: the
    test database is dropped all the same."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory.create(name="Tea shop")


def client_in(project: Project, role: Role) -> Client:
    """Somebody with this role in the project, signed in."""
    client = Client()
    client.force_login(MembershipFactory.create(project=project, role=role).user)
    return client


@pytest.fixture
def viewer(project: Project) -> Client:
    return client_in(project, Role.VIEWER)


@pytest.fixture
def marketer(project: Project) -> Client:
    return client_in(project, Role.MARKETER)


@pytest.fixture
def project_admin(project: Project) -> Client:
    return client_in(project, Role.ADMIN)


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory.create(is_superuser=True))
    return client


@pytest.fixture(autouse=True)
def _callback_connections_end_with_the_test() -> Iterator[None]:
    """The first callback opens them; left open, they keep the test database from being dropped."""
    yield
    receipts.close()
    keys.close()
    refusals.close()


# A sixth of the tests' CPU went into looking for garbage among what stays until the end.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What kills and waits takes longest, so it begins: beside it the rest has time to run."""
    first = ("fault", "long")
    items.sort(key=lambda item: not any(map(item.get_closest_marker, first)))
