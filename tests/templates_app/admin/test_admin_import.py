import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from providers.models import Project
from providers.watch.actors import SYSTEM
from templates_app.incoming.fetching_list import SILENT_FOR
from templates_app.incoming.importing import bring_in
from templates_app.incoming.uploads import LARGEST
from templates_app.models import TemplateImport
from templates_app.tasks import fetch_list
from tests.factories import ProviderFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.templates_app.contents import content

PAGE = reverse("admin:templates_app_template_import")
SALE: dict[str, Any] = {
    "name": "sale",
    "language": "en",
    "category": "MARKETING",
    "status": "APPROVED",
    "id": "7001",
    **content("Come today."),
}


def address(incoming: TemplateImport, step: str) -> str:
    return reverse("admin:templates_app_template_imported", args=[incoming.pk, step])


def templates(project: Project) -> list[Any]:
    return [*project.templates.order_by("name").values_list("name", "language", "status")]


def test_a_pasted_text_is_looked_at_before_it_comes_in(marketer: Client, project: Project) -> None:
    posted = marketer.post(PAGE, {"text": json.dumps([SALE, {"name": "odd"}])})
    incoming = TemplateImport.objects.get()
    looked = marketer.get(posted["Location"])

    assert posted["Location"] == address(incoming, "look")
    assert ("Bring them in" in looked.text, templates(project)) == (True, [])
    assert [(title, len(lines)) for title, _, lines in looked.context["groups"]] == [
        ("Refused", 1),
        ("New", 1),
    ]

    marketer.post(address(incoming, "take"))
    done = marketer.get(address(incoming, "look"))

    assert templates(project) == [("sale", "en", "approved")]
    assert ("Bring them in" in done.text, done.context["is_done"]) == (False, True)


def test_a_file_comes_in_under_its_own_name(marketer: Client, project: Project) -> None:
    data = json.dumps(SALE | {"name": ""}).encode()
    file = SimpleUploadedFile("Summer Sale.json", data, content_type="application/json")

    marketer.post(PAGE, {"file": file})

    assert TemplateImport.objects.get().found[0]["name"] == "summer_sale"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "There is nothing in it."),
        ({"text": "{"}, "This is no readable JSON: it breaks in line 1."),
        ({"text": '\n[{"name": "sale",\n "language" "en"}]'}, "it breaks in line 3."),
        ({"text": '"name": "sale",\n"language": "en"}'}, "it breaks in line 1."),
        ({"text": '```json\n{"name": "sale"}\n```'}, "it breaks in line 1."),
        ({"text": "name;text\nsale;Hi"}, "the column BODY is missing"),
        ({"text": 'name": "sale",\n"text": "Hi"}'}, "This is neither Meta"),
        ({"fetch": "1"}, "Connect Gupshup first"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_kept(
    marketer: Client, project: Project, data: dict[str, str], words: str
) -> None:
    assert words in marketer.post(PAGE, data).text
    assert not TemplateImport.objects.exists()


def test_a_file_called_json_is_never_taken_for_a_table(marketer: Client, project: Project) -> None:
    broken = SimpleUploadedFile("sale.json", b"sale {\n")

    assert "it breaks in line 1." in marketer.post(PAGE, {"file": broken}).text


def test_a_huge_file_is_not_read(marketer: Client, project: Project) -> None:
    huge = SimpleUploadedFile("huge.json", b"[" * (LARGEST + 1))

    assert "so it was not read" in marketer.post(PAGE, {"file": huge}).text


def test_a_viewer_brings_nothing_in(viewer: Client, project: Project) -> None:
    incoming = TemplateImport.objects.create(project=project, source="paste", found=[])

    answers = [viewer.post(PAGE), viewer.post(address(incoming, "take"))]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_another_projects_import_does_not_exist(marketer: Client) -> None:
    theirs = TemplateImport.objects.create(
        project=ProviderFactory.create().project, source="paste", found=[]
    )

    assert marketer.get(address(theirs, "look")).status_code == 404
    assert marketer.post(address(theirs, "take")).status_code == 404


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    with running_simulator() as client:
        settings.GATEWAY_TEMPLATE_URL = client.gateway_url
        yield client


def fetched(client: Client) -> TemplateImport:
    """Asked for at the page, and read as the worker does."""
    client.post(PAGE, {"fetch": "1"})
    incoming = TemplateImport.objects.latest("pk")
    fetch_list(incoming.pk)
    incoming.refresh_from_db()
    return incoming


def test_gupshups_list_is_fetched_through_the_gateway(
    marketer: Client, project: Project, simulator: SimulatorClient
) -> None:
    row = {"id": "7001", "name": "sale", "language": "en", "type": "TEXT", "body": "Come today."}
    simulator.register(templates=[row | {"status": "ENABLED", "category": "MARKETING"}])
    ProviderFactory.create(project=project, **CREDENTIALS)

    incoming = fetched(marketer)

    assert "Bring them in" in marketer.get(address(incoming, "look")).text
    assert (incoming.source, incoming.is_reading, incoming.listed, incoming.found) == (
        "gateway",
        False,
        1,
        [
            {
                "name": "sale",
                "language": "en",
                "category": "MARKETING",
                "content": content("Come today."),
                "status": "approved",
                "reason": "",
                "vendor_id": "7001",
            }
        ],
    )


def test_the_page_says_how_the_reading_goes_and_goes_on_when_it_is_over(
    marketer: Client, project: Project
) -> None:
    ProviderFactory.create(project=project)
    posted = marketer.post(PAGE, {"fetch": "1"})
    incoming = TemplateImport.objects.get()
    at_first = marketer.get(posted["Location"]).text
    TemplateImport.objects.update(listed=500)
    later = marketer.get(address(incoming, "part")).text
    TemplateImport.objects.update(is_reading=False)

    assert posted["Location"] == address(incoming, "look")
    assert ("Asking Gupshup" in at_first, "500 templates so far" in later) == (True, True)
    over = marketer.get(address(incoming, "part"))
    assert over["HX-Redirect"] == address(incoming, "look")


def test_whoever_asks_twice_gets_the_list_that_is_being_read(
    marketer: Client, project: Project
) -> None:
    ProviderFactory.create(project=project)

    posted = [marketer.post(PAGE, {"fetch": "1"})["Location"] for _ in range(2)]

    assert TemplateImport.objects.count() == 1
    assert posted[0] == posted[1]


def test_a_list_that_no_worker_reads_can_be_asked_for_again(
    marketer: Client, project: Project
) -> None:
    ProviderFactory.create(project=project)
    marketer.post(PAGE, {"fetch": "1"})
    lost = TemplateImport.objects.get()
    TemplateImport.objects.update(beat_at=timezone.now() - SILENT_FOR)

    page = marketer.get(address(lost, "look")).text
    marketer.post(PAGE, {"fetch": "1"})

    assert ("No worker has read on" in page, "Try again" in page) == (True, True)
    assert TemplateImport.objects.count() == 2


def test_what_is_still_being_read_cannot_be_brought_in(marketer: Client, project: Project) -> None:
    ProviderFactory.create(project=project)
    marketer.post(PAGE, {"fetch": "1"})
    incoming = TemplateImport.objects.get()

    marketer.post(address(incoming, "take"))
    bring_in(incoming, by=SYSTEM)

    incoming.refresh_from_db()
    assert (incoming.report, incoming.done_at) == (None, None)


def test_an_account_that_may_not_read_the_list_is_told_the_other_way(
    marketer: Client, project: Project, simulator: SimulatorClient
) -> None:
    ProviderFactory.create(project=project)

    incoming = fetched(marketer)

    page = marketer.get(address(incoming, "look")).text
    assert "Gupshup gave no list" in page
    assert "upload that file here" in page
    assert "could not be read" in marketer.get(PAGE).text


def test_a_provider_that_went_meanwhile_is_said(marketer: Client, project: Project) -> None:
    provider = ProviderFactory.create(project=project)
    marketer.post(PAGE, {"fetch": "1"})
    provider.delete()

    fetch_list(TemplateImport.objects.get().pk)

    assert "Connect Gupshup first" in TemplateImport.objects.get().trouble


def test_an_upload_far_too_large_is_stopped_while_it_comes_in(
    marketer: Client, project: Project
) -> None:
    huge = SimpleUploadedFile("huge.csv", b"x" * (LARGEST + 65_536))

    assert "more than 4 MB" in marketer.post(PAGE, {"file": huge}).text
    assert not TemplateImport.objects.exists()


def test_half_a_character_and_an_endless_number_refuse_their_template_alone(
    marketer: Client, project: Project
) -> None:
    half = SALE | {"name": "half", **content("Come \ud83d today")}
    endless = SALE | {"name": "endless", "components": [{"type": 1}]}
    text = json.dumps([half, SALE | {"name": "\ud83d"}, SALE, endless])

    posted = marketer.post(PAGE, {"text": text.replace('{"type": 1}', '{"type": 1e999}')})
    marketer.post(address(TemplateImport.objects.get(), "take"))
    report = marketer.get(posted["Location"])

    groups = {title: [line.name for line in lines] for title, _, lines in report.context["groups"]}
    assert groups == {"Refused": ["half", "?", "endless"], "New": ["sale"]}
    assert templates(project) == [("sale", "en", "approved")]
