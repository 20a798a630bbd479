"""Below /api/ nothing answers in HTML, whatever is wrong and whoever finds it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from providers.models import Project
from tests.factories import UserFactory
from tests.providers.api.keys import OWN_KEY, client_with_key
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/v1", "/api/v2/profiles", "/api/<b>"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_wrong_address_is_a_problem(address: str, method: str, project: Project) -> None:
    answer = getattr(client_with_key(project), method)(address)
    assert code_of(answer) == (404, "not_found")
    assert b"<" not in answer.content
    # Elsewhere people are told in HTML.
    assert Client().get("/nowhere")["Content-Type"].startswith("text/html")


def test_a_foreign_host_is_a_problem(project: Project) -> None:
    answer = client_with_key(project).get(OWN_KEY, headers={"Host": "evil.example"})
    assert (code_of(answer), b"evil" in answer.content) == ((400, "request.unreadable"), False)


def test_who_calls_without_tls_is_told_what_to_do(project: Project, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = client_with_key(project)
    answer = client.get(OWN_KEY)
    assert (code_of(answer), "Location" in answer) == ((403, "request.insecure"), False)
    assert client.get(OWN_KEY, secure=True).status_code == 200


@pytest.mark.parametrize("debug", [True, False])
def test_what_breaks_before_a_view_shows_nothing_of_us(
    debug: bool, project: Project, settings: Settings, monkeypatch: Any
) -> None:
    settings.DEBUG = debug
    client = client_with_key(project)
    client.raise_request_exception = False
    client.force_login(UserFactory.create())

    def broken(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("config.console.fair_share.shares.take", broken)
    answer = client.get(OWN_KEY)
    assert (code_of(answer), b"secret" in answer.content) == ((500, "broke"), False)
    assert answer["Content-Length"] == str(len(answer.content))


def test_who_takes_more_than_a_share_is_told_when_to_come_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_with_key(project)
    client.force_login(UserFactory.create())
    monkeypatch.setattr("config.console.fair_share.shares.take", lambda *_, **__: 7)
    answer = client.get(OWN_KEY)
    assert (code_of(answer), answer["Retry-After"]) == ((429, "too_much"), "7")


@pytest.mark.parametrize("method", ["options", "trace", "patch", "put", "delete"])
def test_a_method_that_isnt_there_is_a_problem(method: str, project: Project) -> None:
    assert code_of(getattr(client_with_key(project), method)(OWN_KEY)) == (
        405,
        "method_not_allowed",
    )
