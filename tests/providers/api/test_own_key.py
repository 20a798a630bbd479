"""Who is let in by the API, what everybody else is told, and what is noted of a call."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from providers.models import ApiKey, AuditEntry, Project, Scope
from providers.watch import auditing
from providers.watch.actors import Actor
from tests.factories import ProjectFactory
from tests.providers.api.keys import OWN_KEY, client_with_key, key_of, program

pytestmark = pytest.mark.django_db


def code_of(answer: Any) -> tuple[int, str]:
    """Of a problem, whose form is looked at by the way."""
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (body["status"], body["type"]) == (answer.status_code, "about:blank")
    assert "" not in (body["title"], body["detail"])
    return answer.status_code, body["code"]


def test_a_key_is_told_what_it_is_and_its_use_is_noted(project: Project) -> None:
    key, text = key_of(project, Scope.READ, networks=["127.0.0.0/8"])
    answer = program(text).get(OWN_KEY)
    assert answer.json() == {
        "id": key.public_id,
        "name": "Web shop",
        "project": {"id": project.pk, "name": "Tea shop"},
        "scopes": ["read"],
        "networks": ["127.0.0.0/8"],
        "expires_at": None,
        "sends_a_day": None,
    }
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    key.refresh_from_db()
    assert (key.last_used_from, key.last_used_at is not None) == ("127.0.0.1", True)
    assert text.split("_", 3)[3] not in str(ApiKey.objects.values())


def test_who_shows_no_right_key_is_told_why(project: Project) -> None:
    key, text = key_of(project)
    other, others = key_of(ProjectFactory.create())
    secret = text.removeprefix(f"kb_live_{key.public_id}_")
    told = {
        shown: code_of(program(shown).get(OWN_KEY))
        for shown in (
            text[:-1],
            f"{text}x",
            f"kb_live_{other.public_id}_{secret}",
            f"kb_live_{'0' * 12}_{secret}",
            "kb_live_",
            "\u00e9\u20ac",
        )
    }
    assert set(told.values()) == {(401, "key.unknown")}
    nobody = Client().get(OWN_KEY)
    assert (code_of(nobody), nobody["WWW-Authenticate"]) == (
        (401, "key.missing"),
        'Bearer realm="Kabootar"',
    )
    basic = Client(headers={"Authorization": f"Basic {text}"}).get(OWN_KEY)
    assert code_of(basic) == (401, "key.missing")
    assert program(others).get(OWN_KEY).json()["project"]["id"] == other.project_id


def test_a_key_that_ended_was_revoked_or_belongs_elsewhere(project: Project) -> None:
    ended = client_with_key(project, ends=timezone.now() - timedelta(seconds=1))
    elsewhere = client_with_key(project, networks=["203.0.113.0/28", "2001:db8::/32"])
    key, text = key_of(project)
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
    answers = [caller.get(OWN_KEY) for caller in (ended, elsewhere, program(text))]
    assert list(map(code_of, answers)) == [
        (401, "key.ended"),
        (403, "key.elsewhere"),
        (401, "key.revoked"),
    ]


def test_a_key_in_the_address_is_refused_and_stands_in_no_log(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _key, text = key_of(project)
    caller = program(text)
    answers = [caller.get(f"{OWN_KEY}?key={text}"), caller.get(f"/api/v1/{text}")]
    assert [code_of(answer) for answer in answers] == [(400, "key.in_address")] * 2
    assert "revoke" in answers[0].json()["detail"]
    assert [line for line in caplog.messages if text in line] == []


def test_what_isnt_there_is_a_problem_too(project: Project) -> None:
    caller = client_with_key(project)
    assert code_of(caller.get("/api/v1/nothing")) == (404, "not_found")
    assert code_of(caller.post("/api/v1/")) == (404, "not_found")
    assert code_of(caller.post(OWN_KEY)) == (405, "method_not_allowed")
    assert code_of(Client().get("/api/v1/nothing")) == (401, "key.missing")


def test_who_calls_too_often_is_told_when_to_come_again(
    project: Project, settings: Settings
) -> None:
    settings.API_CALLS_A_MINUTE = 2
    caller = client_with_key(project)
    # Two minutes may meet, each with a ceiling of its own.
    answers = [caller.get(OWN_KEY) for _ in range(5)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert code_of(refused[0]) == (429, "key.too_many")
    assert 0 < int(refused[0]["Retry-After"]) <= 60
    assert refused[0]["RateLimit"] == f'"key";r=0;t={refused[0]["Retry-After"]}'
    assert (answers[0].status_code, answers[0]["RateLimit-Policy"]) == (200, '"key";q=2;w=60')


def test_calls_go_on_without_redis(project: Project, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    answer = client_with_key(project).get(OWN_KEY)
    assert (answer.status_code, "RateLimit" in answer) == (200, False)


def test_what_a_key_does_stands_under_its_name(project: Project, project_admin: Client) -> None:
    key, _text = key_of(project)
    actor = Actor(None, key)
    auditing.record("event.uploaded", by=actor, project=project, note="3 events")
    entry = AuditEntry.objects.get(action="event.uploaded")
    assert (entry.by, entry.key, Actor.of(entry), actor.is_system) == (None, key, actor, False)
    page = project_admin.get("/providers/auditentry/").content.decode()
    assert "API key “Web shop”" in page
