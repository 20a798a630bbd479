"""A database that was restored without its MEDIA_ROOT: whatever names a file says that the file is
not there, and everything else is shown as before."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from callbacks.models import FileState, InboundMessage
from callbacks.receipts.pruning import prune
from campaigns.audience.imports.importing import FILE_GONE, run_import
from campaigns.models import Import, ImportStatus
from providers.models import AuditEntry, Project
from templates_app.models import MediaFile, Template
from tests.campaigns.audience.imports.uploads import imported, queued
from tests.campaigns.drafts import ready
from tests.factories import InboundMessageFactory, TemplateFactory, VariantFactory
from tests.templates_app.contents import content
from tests.templates_app.media.test_judging_media import picture

FILE = "identity,Phone\nu-1,+919000011122\nu-2,nobody's number\n"
PUBLIC = "https://kabootar.example"

pytestmark = pytest.mark.django_db

Lose = Callable[[], None]


@pytest.fixture
def lose(settings: Settings, tmp_path: Path) -> Lose:
    settings.PUBLIC_BASE_URL = PUBLIC
    settings.MEDIA_ROOT = tmp_path / "kept"

    def lost() -> None:
        settings.MEDIA_ROOT = tmp_path / "nowhere"

    return lost


def page(name: str, row: Model) -> str:
    return reverse(f"admin:{name}", args=[row.pk])


def with_picture(client: Client, project: Project) -> tuple[str, Template]:
    """A picture that somebody has uploaded, and a template that shows it."""
    form = {"file": SimpleUploadedFile("a.png", picture()), "header": "IMAGE"}
    link = client.post(reverse("admin:templates_app_template_media"), form).json()["url"]
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [link]}}
    return link, TemplateFactory.create(project=project, content=content(header=header))


def test_a_templates_picture(
    lose: Lose, project: Project, marketer: Client, client: Client
) -> None:
    link, template = with_picture(marketer, project)
    campaign = ready(project)
    campaign.variants.all().delete()
    values = {"header.media": {"text": link, "fallback": ""}}
    VariantFactory.create(campaign=campaign, version=template.current, values=values)
    assert client.get(link.removeprefix(PUBLIC)).status_code == 200

    lose()

    assert client.get(link.removeprefix(PUBLIC)).status_code == 404
    pages = [
        reverse("admin:templates_app_template_changelist"),
        page("templates_app_template_change", template),
        page("campaigns_campaign_change", campaign),
        page("campaigns_campaign_publish", campaign),
    ]
    assert [marketer.get(shown).status_code for shown in pages] == [200] * len(pages)
    asked = marketer.post(
        reverse("admin:templates_app_template_media"), {"link": link, "header": "IMAGE"}
    )
    assert asked.json()["said"] == "This file is gone. Upload it again."
    links = marketer.get(page("campaigns_campaign_publish_links", campaign))
    assert (links.status_code, "This file is gone. Upload it again." in links.text) == (200, True)
    assert MediaFile.objects.count() == 1


def test_a_picture_that_somebody_sent(lose: Lose, project: Project, viewer: Client) -> None:
    file = default_storage.save("inbound/1/a", SimpleUploadedFile("a.png", picture()))
    message = InboundMessageFactory.create(
        project=project, type="image", file_state=FileState.KEPT, file=file
    )
    copy = page("callbacks_inboundmessage_file", message)
    assert viewer.get(copy).status_code == 200

    lose()

    assert viewer.get(copy).status_code == 404
    pages = [
        reverse("admin:callbacks_inboundmessage_changelist"),
        page("callbacks_inboundmessage_change", message),
        page("providers_conversation_change", message.conversation),
    ]
    assert [viewer.get(shown).status_code for shown in pages] == [200] * len(pages)


def test_what_is_too_old_is_pruned_all_the_same(
    lose: Lose, project: Project, settings: Settings
) -> None:
    settings.INBOUND_KEEP_DAYS = 10
    InboundMessageFactory.create(
        project=project,
        file_state=FileState.KEPT,
        file="inbound/1/a",
        received_at="2026-01-01T00:00Z",
    )
    lose()
    prune()
    assert not InboundMessage.objects.exists()


def test_refused_rows(lose: Lose, project: Project, marketer: Client) -> None:
    upload = imported(project, FILE)

    lose()

    assert marketer.get(page("campaigns_import_refused", upload)).status_code == 404
    assert not AuditEntry.objects.filter(action="import.exported").exists()
    assert marketer.get(page("campaigns_import_change", upload)).status_code == 200
    assert marketer.post(page("campaigns_import_delete", upload), {"post": "yes"}).url == reverse(
        "admin:campaigns_import_changelist"
    )
    assert not Import.objects.exists()


def test_an_import_that_waits_for_its_columns(
    lose: Lose, project: Project, marketer: Client
) -> None:
    upload = queued(project, FILE)
    Import.objects.filter(pk=upload.pk).update(status=ImportStatus.UPLOADED)

    lose()

    marketer.post(page("campaigns_import_encoding", upload), {"encoding": "cp1252"})
    shown = marketer.get(page("campaigns_import_change", upload), follow=True)
    assert (shown.status_code, FILE_GONE in shown.text) == (200, True)
    upload.refresh_from_db()
    assert upload.status == ImportStatus.CANCELLED


def test_an_import_in_the_queue(lose: Lose, project: Project, marketer: Client) -> None:
    upload = queued(project, FILE)

    lose()
    run_import(upload.pk)

    shown = marketer.get(page("campaigns_import_change", upload))
    upload.refresh_from_db()
    assert (upload.status, FILE_GONE in shown.text) == (ImportStatus.FAILED, True)
