"""Who is let in below /1/, and how everybody else is told."""

import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from providers.api_keys.ceilings import AT_ONCE, under_way
from providers.api_keys.recognizing import ENDED
from providers.models import ApiKey, Project, Scope
from tests.factories import ProjectFactory
from tests.providers.api.clevertap_calls import call, fault_of, program, program_of, showing
from tests.providers.api.keys import key_of
from tests.providers.api.keys import program as own_program

pytestmark = pytest.mark.django_db

UPLOAD = "/1/upload"
NOT_VALID = (401, "Account ID is not valid")


def test_the_two_parts_of_a_key_let_in_and_so_does_the_whole(project: Project) -> None:
    key, text = key_of(project)
    secret = text.removeprefix(f"kb_live_{key.public_id}_")
    pairs = [
        (key.public_id, secret),
        (key.public_id, text),
        (f"kb_live_{key.public_id}", secret),
        (f"kb_live_{key.public_id}_", text),
        (f" {key.public_id} ", f" {secret} "),
    ]
    answers = [call(showing(*pair), UPLOAD, {"d": []}) for pair in pairs]
    assert [answer.status_code for answer in answers] == [200] * len(pairs)
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert answers[0]["Cache-Control"] == "no-store"


def test_who_shows_no_right_pair_is_told_as_there(project: Project) -> None:
    key, text = key_of(project)
    other, others = key_of(ProjectFactory.create())
    secret = text.removeprefix(f"kb_live_{key.public_id}_")
    pairs = [
        (key.public_id, secret[:-1]),
        (key.public_id, f"{secret}x"),
        (other.public_id, secret),
        (key.public_id, others),
        ("0" * 12, secret),
        (key.public_id[:-1], secret),
        (key.public_id, ""),
        ("", secret),
        ("", text),
        ("a" * 10_000, secret),
        ("é", "€"),
    ]
    assert {fault_of(call(showing(*pair), UPLOAD, {"d": []})) for pair in pairs} == {NOT_VALID}
    for caller in (Client(), own_program(text)):
        assert fault_of(call(caller, UPLOAD, {"d": []})) == NOT_VALID


def test_a_session_of_the_console_is_no_key(project_admin: Client) -> None:
    assert fault_of(call(project_admin, UPLOAD, {"d": []})) == NOT_VALID


def test_a_key_that_may_not_or_is_over_is_told_why(project: Project) -> None:
    reader = program_of(project, Scope.READ, Scope.SEND)
    status, words = fault_of(call(reader, UPLOAD, {"d": []}))
    assert (status, "“write”" in words) == (403, True)
    past = timezone.now() - timedelta(days=1)
    ended = program(*key_of(project, expires_at=past))
    assert fault_of(call(ended, UPLOAD, {"d": []})) == (401, ENDED.format(day=past.date()))
    key, text = key_of(project)
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=past)
    assert "revoked" in fault_of(call(program(key, text), UPLOAD, {"d": []}))[1]
    elsewhere = program(*key_of(project, networks=["203.0.113.0/28"]))
    assert fault_of(call(elsewhere, UPLOAD, {"d": []}))[0] == 403


def test_what_isnt_there_is_named_to_who_shows_a_key(project: Project) -> None:
    caller = program_of(project)
    for address in ("/1/", "/1/demerge/profiles.json", "/1/now.json", "/1/<b>"):
        status, words = fault_of(call(caller, address, {}))
        assert (status, "upload" in words) == (404, True)
        assert fault_of(call(Client(), address, {})) == NOT_VALID
    assert fault_of(caller.get(UPLOAD))[0] == 405
    assert fault_of(caller.get("/1"))[0] == 404


def test_whoever_answers_it_is_told_in_json(project: Project, settings: Settings) -> None:
    caller = program_of(project)
    foreign = caller.post(UPLOAD, {}, headers={"Host": "evil.example"})
    assert fault_of(foreign)[0] == 400
    form = caller.post(UPLOAD, {"d": "x"})
    assert "Content-Type: application/json" in fault_of(form)[1]
    with patch("providers.api.base.spend", side_effect=OperationalError):
        away = call(caller, UPLOAD, {"d": []})
    assert (fault_of(away)[0], away["Retry-After"]) == (503, "5")
    with patch("providers.api.base.spend", side_effect=RuntimeError("a secret")):
        assert "secret" not in fault_of(call(caller, UPLOAD, {"d": []}))[1]
    settings.SECURE_SSL_REDIRECT = True
    assert fault_of(call(program_of(project), UPLOAD, {"d": []}))[0] == 403


def test_too_many_calls_at_once_wait(project: Project) -> None:
    key, text = key_of(project)
    for _ in range(AT_ONCE):
        under_way.begin(key.pk)
    try:
        refused = call(program(key, text), UPLOAD, {"d": []})
    finally:
        for _ in range(AT_ONCE):
            under_way.end(key.pk)
    assert (fault_of(refused)[0], refused["Retry-After"]) == (429, "1")


def test_a_key_in_the_address_is_refused_and_stands_in_no_log(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key, text = key_of(project)
    answer = call(program(key, text), f"{UPLOAD}?passcode={text}", {"d": []})
    assert fault_of(answer)[0] == 400
    assert [line for line in caplog.messages if text in line] == []
