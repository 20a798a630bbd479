"""One person comes in by every door, is erased, and is then looked for in everything that is kept:
each table and file, the log, Redis, and a backup of the database."""

import json
import logging
from pathlib import Path

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from callbacks.receipts import processing
from callbacks.tasks import overwrite_erased
from campaigns.audience.uploads import uploading_events
from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, CampaignStatus, Message, Profile, Reason, Run
from campaigns.running.launching import launch
from campaigns.running.opening_runs import open_run
from campaigns.sending.loop import Sender
from campaigns.tasks import erase_people, write_exports
from providers.gateway.calling import GatewayLoop
from providers.gateway.settings import gateway_settings
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import gupshup_of, inbound, report
from tests.campaigns.audience.imports.uploads import imported
from tests.factories import CampaignFactory, CustomListFactory, ProviderFactory, VariantFactory
from tests.gateway_simulator import CREDENTIALS, running_simulator
from tests.upgrades.dumps import dumped

pytestmark = pytest.mark.django_db(transaction=True)

NAME, IDENTITY, EMAIL = "Zebunnisa", "qx-identity-4711", "zq4711@example.com"
PHONE = "9000047114"
SOUGHT = (NAME, IDENTITY, EMAIL, PHONE, "90000 47114")
FILE = f"""identity,Name,Phone,E-mail,City,MSG-whatsapp
{IDENTITY},{NAME} Quadri,+91 90000 47114,{EMAIL},Pune,TRUE
u-2,Ravi,+919000022222,ravi@example.com,Pune,TRUE
,{NAME} Quadri,90000 47114,{EMAIL},Pune,TRUE
"""
FORM = {"country": "IN", "to": PHONE, "text": f"Hello {NAME}", "anyway": "on"}


def launched(project: Project) -> Run:
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.LAUNCHING)
    VariantFactory.create(campaign=campaign)
    run = open_run(campaign)
    launch(run.pk)
    return run


def run_sender() -> None:
    gateway = GatewayLoop(gateway_settings())
    try:
        Sender(gateway).run(seconds=5)
    finally:
        gateway.close()


def come_in(project: Project, marketer: Client) -> tuple[Run, Run]:
    """By an import, an event, a campaign and its report, a test, messages of theirs, the console.
    The run that went out, and one that waits."""
    imported(project, FILE, into_list=CustomListFactory.create(project=project))
    event = {"identity": IDENTITY, "name": "Ordered", "time": timezone.now().isoformat()}
    event["properties"] = {"For": NAME}  # type: ignore[assignment]
    uploading_events.upload(project, [event], by=SYSTEM)
    sent = launched(project)
    marketer.post("/campaigns/testsend/submit/", FORM)
    run_sender()
    waiting = launched(project)
    Campaign.objects.filter(pk=waiting.campaign_id).update(status=CampaignStatus.PAUSED)
    gupshup = gupshup_of(project)
    message = Message.objects.get(run=sent, phone__endswith=PHONE)
    gupshup.post(f"[{json.dumps(report(message.pk, destAddr=f'91{PHONE}'))}]")
    for text in (f"I am {NAME}", "STOP"):
        now = str(int(timezone.now().timestamp() * 1000))
        fields = {"mobile": f"91{PHONE}", "name": NAME, "timestamp": now}
        gupshup.post(json.dumps(inbound(text, **fields)), to="response")
    processing.drain()
    person = Profile.objects.get(identity=IDENTITY)
    marketer.get(reverse("admin:campaigns_profile_everything", args=[person.pk]))
    for _ in range(2):  # one is ready, one waits with what was searched for
        marketer.post(reverse("admin:campaigns_profile_export"), {"q": NAME})
    write_exports()
    return sent, waiting


def places(folder: Path, log: str) -> dict[str, str]:
    return {**_tables(), **_files(folder), **_redis(), "log": log, "backup": dumped()}


def _tables() -> dict[str, str]:
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute("""SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public'""")
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT string_agg({text}, chr(10)) FROM "{table}"')
            found[f"{table}.{column}"] = cursor.fetchone()[0] or ""
    return found


def _files(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(errors="replace") for path in files}


def _redis() -> dict[str, str]:
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    return {f"redis {key!r}": str(client.dump(key)) for key in client.scan_iter()}


def found_in(places: dict[str, str]) -> set[str]:
    """Also as PostgreSQL's backups write bytes."""
    sought = [form for text in SOUGHT for form in (text.lower(), text.encode().hex())]
    return {place for place, text in places.items() if any(form in text.lower() for form in sought)}


def test_nothing_is_left_of_them_anywhere(
    project: Project,
    marketer: Client,
    project_admin: Client,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "factory")
    settings.MEDIA_ROOT = tmp_path
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        sent, waiting = come_in(project, marketer)
    before = dict(totals([sent.pk]))
    tables = {place.partition(".")[0] for place in found_in(places(tmp_path, ""))}
    assert tables >= WHERE_THEY_WERE

    person = Profile.objects.get(identity=IDENTITY)
    project_admin.post(reverse("admin:campaigns_profile_erase", args=[person.pk]))
    erase_people()
    overwrite_erased()

    assert found_in(places(tmp_path, caplog.text)) == set()
    assert dict(totals([sent.pk])) == before
    left = Message.objects.filter(run=waiting).values_list("reason", "phone")
    assert set(left) == {(Reason.ERASED, ""), ("", "+919000022222")}


WHERE_THEY_WERE = {
    "backup",
    "callbacks_inboundmessage",
    "callbacks_receipt",
    "campaigns_event",
    "campaigns_export",
    "campaigns_message",
    "campaigns_profile",
    "campaigns_subscriptionchange",
    "providers_conversation",
    "providers_gatewayconsent",
}
