"""A backup and its restore, by the commands of docs/operations.md, with MEDIA_ROOT beside it."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from django.test import Client
from pytest_django import Settings

from campaigns.models import Campaign, Message, State
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.sending.reconciling import reconcile
from campaigns.sending.taking_over import is_ours, take_over
from config.embedded import binaries
from providers.models import Installation, Project
from providers.watch.actors import SYSTEM, Actor
from tests.campaigns.sending.test_loop import run_sender
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProviderFactory,
    UserFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.test_lost_files import PUBLIC, with_picture
from tests.upgrades.dumps import database
from tests.workers import database_url

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 3


@pytest.fixture
def gateway(settings: Settings, tmp_path: Path) -> Iterator[SimulatorClient]:
    settings.PUBLIC_BASE_URL, settings.MEDIA_ROOT = PUBLIC, tmp_path / "media"
    settings.INSTANCE_ID = "the original"
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


def run_postgres(program: str, *options: str) -> None:
    subprocess.run([binaries.postgres_folder() / "bin" / program, *options], check=True)


def going_out(campaign: Campaign) -> None:
    publish(campaign, by=SYSTEM)
    launch(campaign.runs.get().pk)


def sent() -> dict[str, dict[State, int]]:
    rows = Message.objects.values_list("campaign__name", "state")
    counts = Counter(rows)
    return {
        name: {State(state): n for (of, state), n in counts.items() if of == name}
        for name, _ in rows
    }


def test_a_restored_installation_keeps_its_pictures_and_sends_nothing_again(
    gateway: SimulatorClient,
    project: Project,
    marketer: Client,
    client: Client,
    settings: Settings,
    tmp_path: Path,
) -> None:
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    ProfileFactory.create_batch(PEOPLE, project=project)
    link, template = with_picture(marketer, project)
    shown = {"header.media": {"text": link, "fallback": ""}}
    for name in ("Under way", "Draft"):
        campaign = CampaignFactory.create(project=project, name=name)
        VariantFactory.create(campaign=campaign, version=template.current, values=shown)
    Installation.objects.update_or_create(pk=1, defaults={"instance_id": settings.INSTANCE_ID})
    going_out(Campaign.objects.get(name="Under way"))

    backup = tmp_path / "kabootar.dump"
    run_postgres("pg_dump", "--format=custom", f"--file={backup}", database_url())
    copytree(tmp_path / "media", tmp_path / "copy")
    run_sender()
    assert sent() == {"Under way": {State.SENT: PEOPLE}}

    with database("kabootar_restored"):
        options = (f"--dbname={database_url()}", "--no-owner", "--exit-on-error")
        run_postgres("pg_restore", *options, str(backup))
        settings.INSTANCE_ID, settings.MEDIA_ROOT = "the copy", tmp_path / "copy"
        run_sender(seconds=1)
        operator = Actor(UserFactory.create(is_superuser=True))
        reconcile()
        assert take_over(by=operator, doubts_queued=True)
        reconcile()
        assert (is_ours(), client.get(link.removeprefix(PUBLIC)).status_code) == (True, 200)

        going_out(Campaign.objects.get(name="Draft"))
        run_sender()
        assert sent() == {"Under way": {State.IN_DOUBT: PEOPLE}, "Draft": {State.SENT: PEOPLE}}
    called = Counter(row["phone"] for row in gateway.book() if row["method"] == "sendmediamessage")
    assert sorted(called.values()) == [2] * PEOPLE
