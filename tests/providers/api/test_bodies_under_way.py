"""Large bodies take much memory while they are worked on: of one project, however many keys it has,
and of all together, a bounded size is under way."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from campaigns.api.uploads import UploadedProfiles
from providers.api_keys import ceilings
from providers.models import Project
from tests.factories import ProjectFactory
from tests.providers.api.keys import client_with_key

pytestmark = pytest.mark.django_db
PEOPLE = "/api/v1/profiles"
SIZE = 50_000


def send(shop: Client, size: int = SIZE, *, packed: bool = False) -> tuple[int, str]:
    body = json.dumps({"records": []}).ljust(size).encode()
    headers = {"Content-Encoding": "gzip"} if packed else {}
    sent = gzip.compress(body) if packed else body
    answer = shop.post(PEOPLE, sent, content_type="application/json", headers=headers)
    return answer.status_code, answer.headers.get("Retry-After", "")


@pytest.fixture(autouse=True)
def _room_for_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceilings, "BODIES_OF_A_PROJECT", 2 * SIZE)
    monkeypatch.setattr(ceilings, "BODIES_AT_ONCE", 3 * SIZE)


def meanwhile(monkeypatch: pytest.MonkeyPatch, *calls: Any) -> list[Any]:
    """What other calls are answered while one is worked on."""
    answers: list[Any] = []
    upload = UploadedProfiles.upload

    def upload_slowly(self: UploadedProfiles, *given: Any) -> Any:
        if calls and not answers:
            answers.append(None)
            answers[:] = [call() for call in calls]
        return upload(self, *given)

    monkeypatch.setattr(UploadedProfiles, "upload", upload_slowly)
    return answers


def test_a_project_with_many_keys_leaves_memory_to_the_others(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = client_with_key(project), client_with_key(project)
    other = client_with_key(ProjectFactory.create())
    answers = meanwhile(
        monkeypatch,
        lambda: send(second, 2 * SIZE),
        lambda: send(second, 2 * SIZE, packed=True),
        lambda: send(second),
        lambda: send(other, 2 * SIZE),
        lambda: send(other, 2 * SIZE + 1),
    )

    assert send(first) == (200, "")

    assert answers == [(429, "1"), (429, "1"), (200, ""), (200, ""), (429, "1")]
    assert [send(shop, 2 * SIZE) for shop in (second, other)] == [(200, ""), (200, "")]
    assert not ceilings.bodies_under_way._bytes


def test_a_project_with_many_keys_leaves_threads_to_the_others(
    project: Project, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.API_SMALL_CALLS_AT_ONCE = 1
    keys = [client_with_key(project) for _ in range(3)]
    other = client_with_key(ProjectFactory.create())
    for _ in range(ceilings.AT_ONCE):
        assert ceilings.calls_of_projects.begin(project.pk)
    answers = meanwhile(monkeypatch, lambda: send(keys[1]), lambda: send(other))
    try:
        assert send(keys[0]) == (200, "")
        assert answers == [(429, "1"), (200, "")]
        assert send(keys[2]) == (200, "")
    finally:
        for _ in range(ceilings.AT_ONCE):
            ceilings.calls_of_projects.end(project.pk)
    assert not ceilings.calls_of_projects._calls


def test_what_breaks_or_is_refused_gives_its_room_back(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = client_with_key(project)
    answer = shop.post(PEOPLE, b"{" * SIZE, content_type="application/json")
    assert answer.status_code == 400
    monkeypatch.setattr(UploadedProfiles, "upload", None)
    shop.raise_request_exception = False
    assert send(shop)[0] == 500
    assert not ceilings.bodies_under_way._bytes
