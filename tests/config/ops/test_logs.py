"""What processes write: an object a line, what it belongs to, no secret and nobody's phone."""

import json
import logging
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied

from campaigns.running.lifecycle import publish
from config.celery import app as celery_app
from config.ops.log_lines import RefusedInOneLine, TextLine, without_secrets
from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project
from providers.watch.actors import Actor
from providers.watch.marks import marked, start_anew
from tests.config.settings.test_production_settings import COMPLETE, manage
from tests.factories import (
    CampaignFactory,
    MembershipFactory,
    ProfileFactory,
    ProviderFactory,
    VariantFactory,
)
from tests.workers import celery_worker, database_url

PHONE, SECRET = "+919000012345", "hunter two"
ACT = """
import logging
from django.test import Client
from django.conf import settings
from django.contrib.auth import get_user_model
settings.STORAGES["staticfiles"] = {{
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
client = Client(SERVER_NAME="kabootar.example.com", raise_request_exception=False)
def get(path): return client.get(path, secure=True)
client.force_login(get_user_model().objects.get())
get("/campaigns/campaign/{campaign}/change/")
get("/invitation/an-invitation-with-a-secret/?phone={phone}")
get("/no/such/page/{phone}?password={secret}")
get("/healthz")
get("/providers/user/")
client.get("/", secure=True, headers={{"host": "evil.example"}})
client.post("/gupshup/status?a={key}", "[]", content_type="application/json", secure=True)
client.post("/gupshup/inbox?a={key}", "[]", content_type="application/json", secure=True)
client.post("/gupshup/{key}/x", "[]", content_type="application/json", secure=True)
try:
    raise ValueError("No answer to {phone}: {{'hsm_password': '{secret}'}}")
except ValueError:
    logging.getLogger("campaigns").exception("Sending to %s: password=%r", "{phone}", "{secret}")
"""


@pytest.mark.django_db(transaction=True)
def test_the_console_writes_one_object_a_line_with_the_request_and_without_secrets(
    project: Project,
) -> None:
    MembershipFactory.create(project=project)
    campaign = CampaignFactory.create(project=project)
    key = whole_key(current_key(project))
    text = ACT.format(campaign=campaign.pk, phone=PHONE, secret=SECRET, key=key)
    stores = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}
    keys = {"CREDENTIAL_KEYS": ",".join(settings.CREDENTIAL_KEYS)}
    run = manage("shell", "-c", text, PYTHONWARNINGS="ignore", **(COMPLETE | stores | keys))
    lines = [json.loads(line) for line in run.stderr.splitlines()]

    for hidden in (PHONE, PHONE[3:], *SECRET.split(), "an-invitation", key, key.split(".")[1]):
        assert hidden not in run.stderr
    requests = [line for line in lines if line["logger"] == "config.ops.request_log"]
    told = [line["message"].split()[:3] for line in requests]
    assert told[:3] == [
        ["GET", "admin:campaigns_campaign_change", "200"],
        ["GET", "admin:invitation", told[1][2]],
        ["GET", "nowhere", "404"],
    ]
    assert requests[0]["campaign"] == campaign.pk
    assert len({line["request"] for line in requests}) == len(requests) == 7
    # What Django says of a request bears its mark, too.
    (not_found,) = [one for one in lines if one["message"].startswith("Not Found: /no/such")]
    assert not_found["request"] == requests[2]["request"]
    # Who is refused has broken nothing.
    refused = [one for one in lines if one["logger"].startswith("django.")]
    assert [one for one in refused if "exception" in one] == []
    assert {"Forbidden (Permission denied): /providers/user/"} <= {x["message"] for x in refused}
    assert "django.security.DisallowedHost" in {one["logger"] for one in refused}
    (failed,) = [one for one in lines if one["logger"] == "campaigns"]
    assert failed["message"] == "Sending to •••45: password=•••"
    assert failed["exception"].startswith("Traceback")
    assert failed["exception"].endswith("No answer to •••45: {'hsm_password': •••}")
    assert set(failed) == {"time", "level", "logger", "message", "exception", "request"}


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_worker_writes_of_each_task_that_somebody_asked_for(
    project: Project, tmp_path: Path
) -> None:
    ProviderFactory.create(project=project)
    campaign = VariantFactory.create(campaign__project=project).campaign
    ProfileFactory.create(project=project, phone=PHONE)
    publish(campaign, by=Actor(MembershipFactory.create(project=project).user))
    run = campaign.runs.get()
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        celery_worker("default", output=output, LOG_FORMAT="json"),
    ):
        celery_app.send_task("campaigns.tasks.fold_tallies", queue="default")
        celery_app.send_task("campaigns.tasks.launch", args=[run.pk], queue="default")
        line = line_of(log, "campaigns.tasks.launch SUCCESS", run=run.pk)
    assert line["logger"] == "config.ops.task_log"
    assert line["task"]
    assert "fold_tallies SUCCESS" not in log.read_text()
    assert PHONE not in log.read_text()


def line_of(log: Path, message: str, *, run: int) -> dict[str, Any]:
    """Waits for it. What Celery itself writes before our settings hold is no object, and the queue
    may hold what tests before have put there."""
    end = monotonic() + 60
    while monotonic() < end:
        for line in log.read_text().splitlines():
            if message in line:
                found: dict[str, Any] = json.loads(line)
                if found["run"] == run:
                    return found
        sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("to +919000012345.", "to •••45."),
        ("to 919000012345, then", "to •••45, then"),
        ("(919000012345)=(x)", "(•••45)=(x)"),
        ("+91 90000 12345", "•••45"),
        ("+91-9000-012345", "•••45"),
        ("message 123456789 of run 12", "message 123456789 of run 12"),
        ("5145722132009541678-1234567890-1", "5145722132009541678-1234567890-1"),
        ("0.1234567890123 s", "0.1234567890123 s"),
        ("2026-01-05 10:00:00,123", "2026-01-05 10:00:00,123"),
        ("Authorization: Bearer abc.def", "Authorization: •••"),
        ("?userid=2000000001&password=a%20b&v=1.1", "?userid=•••01&password=•••&v=1.1"),
        ("postgres://kabootar:pw@db/name", "postgres://•••@db/name"),
        ("redis://:pw@redis:6379/0", "redis://•••@redis:6379/0"),
        ('{"secret": "a b", "x": 1}', '{"secret": •••, "x": 1}'),
        ("Forbidden: /invitation/gTq-3b_kW9xYz0aBcDeF/", "Forbidden: /invitation/•••/"),
        ("/password/new/MQ/cxk2v0-4f1d9a8b7c6d5e4f.12/ x", "/password/new/MQ/•••/ x"),
        ("/providers/invitation/12/withdraw/", "/providers/invitation/12/withdraw/"),
    ],
)
def test_what_a_line_leaves_out(text: str, told: str) -> None:
    assert without_secrets(text) == told


@pytest.mark.parametrize(
    "text",
    ["9" * 200_000, "a" * 200_000, "a://" + ":" * 200_000, "key=" * 50_000, "password" * 25_000],
    ids=["digits", "letters", "colons", "keys", "passwords"],
)
def test_what_a_stranger_writes_into_a_line_is_read_once(text: str) -> None:
    """As the path of an address. Tried from every sign on, each would take minutes."""
    assert len(without_secrets(text)) <= len(text)


def test_a_line_for_people_says_what_it_belongs_to() -> None:
    record = logging.LogRecord("sending", logging.INFO, "", 0, "To %s", (PHONE,), None)
    start_anew(task="5f")
    with marked(run=12), marked(project=3):
        line = TextLine().format(record)
    assert line.endswith(" INFO sending To •••45 [task=5f run=12 project=3]")


@pytest.mark.parametrize(
    ("logger", "status", "is_short"),
    [
        ("django.request", 403, True),
        ("django.request", 404, True),
        ("django.security.DisallowedHost", 400, True),
        ("django.request", 500, False),
        ("django.request", None, False),
        ("campaigns", 403, False),
    ],
)
def test_who_is_refused_is_one_line_and_what_breaks_says_where(
    logger: str, status: int | None, is_short: bool
) -> None:
    try:
        raise PermissionDenied
    except PermissionDenied:
        record = logging.LogRecord(logger, logging.ERROR, "", 0, "No: /x", (), sys.exc_info())
    if status:
        record.status_code = status
    assert RefusedInOneLine().filter(record)
    assert ("\n" not in TextLine().format(record)) == is_short
