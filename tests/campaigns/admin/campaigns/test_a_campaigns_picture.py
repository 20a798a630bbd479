"""A campaign's picture, from its upload to the people: none goes out that nobody can open."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.models import Campaign, CampaignStatus, Message, Run, State
from campaigns.running.launching import launch
from campaigns.running.lifecycle import start_scheduled
from providers.models import Project
from templates_app.media.hosting import address_of
from templates_app.models import MediaFile, Template
from templates_app.values.media_links import why_no_uploads
from tests.campaigns.drafts import ADD, page, written
from tests.campaigns.sending.test_loop import run_sender
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProviderFactory,
    TemplateFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.templates_app.contents import IMAGE, content
from tests.templates_app.media.test_judging_media import picture

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 79
PARTS = "/campaigns/campaign/parts/"


@pytest.fixture
def gateway(settings: Settings, tmp_path: Path) -> Iterator[SimulatorClient]:
    settings.MEDIA_ROOT = tmp_path
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


@pytest.fixture
def template(project: Project) -> Template:
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    ProfileFactory.create_batch(PEOPLE, project=project)
    return TemplateFactory.create(project=project, content=content(header=IMAGE))


def uploaded(client: Client) -> dict[str, Any]:
    file = SimpleUploadedFile("sale.png", picture())
    address = reverse("admin:templates_app_template_media")
    answer: dict[str, Any] = client.post(address, {"file": file, "header": "IMAGE"}).json()
    return answer


def published(client: Client, template: Template, link: str) -> Campaign:
    """As a marketer does it: written, looked at, published."""
    client.post(ADD, written(template=template, text__header__media=link, _publish="x"))
    campaign = Campaign.objects.get()
    reach = client.get(page(campaign, "publish/reach"))
    seen = reach.context["seen"] if reach.status_code == 200 else ""
    client.post(page(campaign, "publish"), {"seen": seen})
    campaign.refresh_from_db()
    return campaign


def states() -> dict[tuple[int, str], int]:
    for run in Run.objects.all():
        launch(run.pk)
    run_sender()
    rows = Message.objects.values_list("state", "reason")
    return {row: list(rows).count(row) for row in set(rows)}


def words_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def elsewhere(settings: Settings) -> None:
    """In production whoever the gateway is fetches from another machine."""
    settings.FETCH_PRIVATE_TARGETS = False


@pytest.mark.usefixtures("elsewhere")
def test_a_picture_that_only_this_machine_can_open_goes_to_nobody(
    marketer: Client, template: Template, gateway: SimulatorClient, project: Project
) -> None:
    old = address_of(MediaFile.objects.create(project=project, extension="png", size=1))
    told = uploaded(marketer)
    form = written(template=template, text__header__media=old)

    section = marketer.post(f"{PARTS}preview/", form).context["states"]["what"]
    campaign = published(marketer, template, old)
    last_page = words_of(marketer.get(page(campaign, "publish")))

    assert (told["url"], told["tone"]) == ("", "error")
    assert [(finding.slot, finding.message) for finding in section.blocking] == [
        ("header.media", f"Image (public https link or upload): {why_no_uploads()}")
    ]
    assert ("This campaign can't go out yet" in last_page, why_no_uploads() in last_page) == (
        True,
        True,
    )
    assert (campaign.status, states()) == (CampaignStatus.DRAFT, {})


@pytest.mark.usefixtures("elsewhere")
def test_what_was_scheduled_before_and_can_not_be_fetched_fails_with_the_reason(
    marketer: Client, template: Template, gateway: SimulatorClient, project: Project
) -> None:
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.SCHEDULED)
    link = {"header.media": {"text": "https://10.0.0.5/sale.png"}}
    VariantFactory.create(campaign=campaign, template=template, values=link)

    start_scheduled(campaign)

    campaign.refresh_from_db()
    assert (campaign.status, states()) == (CampaignStatus.FAILED, {})
    assert "it leads to a single machine or into a private network" in campaign.status_reason


def test_in_a_working_copy_the_simulator_fetches_what_was_uploaded(
    marketer: Client, template: Template, gateway: SimulatorClient
) -> None:
    campaign = published(marketer, template, uploaded(marketer)["url"])
    assert (campaign.status, states()) == (CampaignStatus.LAUNCHING, {(State.SENT, ""): PEOPLE})


@pytest.mark.usefixtures("elsewhere")
def test_an_upload_with_a_public_address_goes_to_everybody(
    marketer: Client, template: Template, gateway: SimulatorClient, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://kabootar.example.com"
    campaign = published(marketer, template, uploaded(marketer)["url"])
    assert (campaign.status, states()) == (CampaignStatus.LAUNCHING, {(State.SENT, ""): PEOPLE})


def test_the_last_page_says_how_many_have_a_picture_of_their_own_that_can_not_be_fetched(
    marketer: Client, template: Template, gateway: SimulatorClient, project: Project
) -> None:
    for link in ("https://a.b/1.jpg", "http://127.0.0.1/2.jpg", "https://nas.local/3.jpg"):
        ProfileFactory.create(project=project, properties={"photo": link})
    form = written(template=template, text__header__media="{{ profile.photo }}", _publish="x")
    marketer.post(ADD, form)

    values = words_of(
        marketer.get(page(Campaign.objects.get(), "publish/values"), {"of": PEOPLE + 3})
    )

    left_out = PEOPLE + 2
    assert f"{left_out} of these {PEOPLE + 3} would be left out" in values
    assert (
        f"{left_out} people: Image (public https link or upload) would be empty or no link that "
        "Gupshup can open" in values
    )
