"""Templates that Meta approved come without samples, above all from Gupshup's file, which never has
any: they come in approved, say what has no sample, and are used like all others.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from providers.models import Project
from providers.watch.actors import SYSTEM
from templates_app.incoming.found import Found, Haul
from templates_app.incoming.importing import BEYOND_US, bring_in, keep
from templates_app.incoming.report import Outcome
from templates_app.keeping.restoring import restore
from templates_app.models import Source, Template, TemplateImport
from templates_app.tasks import fetch_list
from tests.campaigns.drafts import written
from tests.factories import ProfileFactory, ProviderFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.templates_app.admin.test_admin import PREVIEW, form
from tests.templates_app.contents import content

PAGE = reverse("admin:templates_app_template_import")
EDITOR = "admin:templates_app_template_change"
BODY = "Hello {{1}}, your order {{2}} leaves our shop in the next hours."
LINK = {"type": "URL", "text": "Shop", "url": "https://a.b/{{1}}"}
# Name, header's type, header, body, button.
SAMPLELESS = (
    ("body", "TEXT", "", BODY, None),
    ("file", "IMAGE", "", "Our summer sale starts today.", None),
    ("film", "VIDEO", "", "Our summer sale starts today.", None),
    ("link", "TEXT", "", "Our summer sale starts today.", LINK),
    ("paper", "DOCUMENT", "", "Your bill is in here.", None),
    ("title", "TEXT", "For {{1}} only", "Our summer sale starts today.", None),
)
COLUMNS = (
    "TEMPLATEID",
    "NAME",
    "CATEGORY",
    "LANGUAGE",
    "TYPE",
    "HEADER",
    "BODY",
    "BUTTON1",
    "STATUS",
)
PLAIN = ("plain", "TEXT", "", "Our summer sale starts today.", None)
NO_SAMPLE = {
    "body": ("body",),
    "file": ("header",),
    "film": ("header",),
    "link": ("button 1",),
    "paper": ("header",),
    "plain": (),
    "title": ("header",),
}


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    with running_simulator() as client:
        settings.GATEWAY_TEMPLATE_URL = client.gateway_url
        yield client


def as_meta_writes(name: str, kind: str, header: str, body: str, button: Any) -> dict[str, Any]:
    components: list[dict[str, Any]] = [{"type": "BODY", "text": body}]
    if kind != "TEXT":
        components.append({"type": "HEADER", "format": kind})
    elif header:
        components.append({"type": "HEADER", "format": "TEXT", "text": header})
    if button:
        components.append({"type": "BUTTONS", "buttons": [button]})
    return {
        "id": f"70{name}",
        "name": name,
        "language": "en",
        "category": "MARKETING",
        "status": "APPROVED",
        "components": components,
    }


def as_gupshup_lists(name: str, kind: str, header: str, body: str, button: Any) -> dict[str, Any]:
    return {
        "id": f"70{name}",
        "name": name,
        "language": "en",
        "category": "MARKETING",
        "type": kind,
        "header": header,
        "body": body,
        "buttons": json.dumps([button]) if button else "",
        "status": "ENABLED",
    }


def as_gupshup_exports(rows: Any) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for name, kind, header, body, button in rows:
        words = f"{button['text']} | {button['url']}" if button else ""
        row = [f"70{name}", name, "MARKETING", "en", kind, header, body, words, "ENABLED"]
        writer.writerow(row)
    return file.getvalue().encode()


def bring_in_all(
    way: str, client: Client, project: Project, simulator: SimulatorClient, rows: Any
) -> Any:
    """Through the import page, look and take; the page that tells what came in."""
    ProviderFactory.create(project=project, **CREDENTIALS)
    if way == "list":
        simulator.register(templates=[as_gupshup_lists(*row) for row in rows])
        posted = client.post(PAGE, {"fetch": "1"})
        fetch_list(TemplateImport.objects.get().pk)
    elif way == "file":
        file = SimpleUploadedFile("export.csv", as_gupshup_exports(rows))
        posted = client.post(PAGE, {"file": file})
    else:
        text = json.dumps([as_meta_writes(*row) for row in rows])
        posted = client.post(PAGE, {"text": text})
    looked = client.get(posted["Location"])
    assert looked.status_code == 200
    taken = client.post(posted["Location"].replace("/look/", "/take/"))
    assert taken.status_code == 302
    return client.get(taken["Location"])


def statuses(project: Project) -> dict[str, str]:
    return dict(project.templates.order_by("name").values_list("name", "status"))


every_way = pytest.mark.parametrize("way", ["json", "list", "file"])


@every_way
def test_what_has_no_sample_comes_in_approved_and_says_so(
    way: str, marketer: Client, project: Project, simulator: SimulatorClient
) -> None:
    report = bring_in_all(way, marketer, project, simulator, [*SAMPLELESS, PLAIN])

    assert statuses(project) == dict.fromkeys(NO_SAMPLE, "approved")
    lines = [line for _, _, group in report.context["groups"] for line in group]
    assert {line.name: (line.no_sample, line.problems) for line in lines} == {
        name: (places, ()) for name, places in NO_SAMPLE.items()
    }
    assert report.text.count("No sample for: header.") == 4


@every_way
def test_one_that_cannot_come_in_is_named_and_stops_no_other(
    way: str, marketer: Client, project: Project, simulator: SimulatorClient
) -> None:
    too_long = ("n" * 600, "TEXT", "", "Come today.", None)

    report = bring_in_all(way, marketer, project, simulator, [too_long, *SAMPLELESS, PLAIN])

    assert statuses(project) == dict.fromkeys(NO_SAMPLE, "approved")
    assert "Its name is longer than 512 characters." in report.text


@pytest.fixture
def sampleless(marketer: Client, project: Project, simulator: SimulatorClient) -> list[Template]:
    bring_in_all("file", marketer, project, simulator, SAMPLELESS)
    return [*project.templates.order_by("name")]


def test_it_is_shown_on_the_phone_and_warned_of_in_the_editor(
    marketer: Client, sampleless: list[Template]
) -> None:
    pages = [marketer.get(reverse(EDITOR, args=[template.pk])) for template in sampleless]

    assert {page.status_code for page in pages} == {200}
    assert pages[0].context["editor"].preview.body == BODY
    assert {page.context["editor"].errors for page in pages} == {0}
    assert {problem.code for page in pages for problem in page.context["editor"].problems} == {
        "VAR_EXAMPLE",
        "HDR_MEDIA_EXAMPLE",
        "URL_EXAMPLE",
    }


def test_samples_are_asked_of_who_writes_its_text_and_of_nobody_else(
    marketer: Client, project: Project, sampleless: list[Template]
) -> None:
    body = sampleless[0]
    as_it_is = form(
        name="body", status="approved", body=BODY, vendor_id="7009", based_on=body.current_id
    )
    page = reverse(EDITOR, args=[body.pk])

    typed = marketer.post(PREVIEW, as_it_is)
    saved = marketer.post(page, as_it_is)
    written_anew = marketer.post(page, as_it_is | {"body": f"{BODY} Soon!"})

    body.refresh_from_db()
    assert (typed.context["editor"].errors, typed.context["editor"].warnings) == (0, 1)
    assert (saved.status_code, body.vendor_id, body.status) == (302, "7009", "approved")
    assert written_anew.status_code == 200
    assert "Give a sample for each placeholder (2)" in written_anew.text


def test_an_older_wording_is_restored_without_samples(
    marketer: Client, sampleless: list[Template]
) -> None:
    body = sampleless[0]
    came = body.current
    assert came is not None
    samples = {"sample.body.1": "Asha", "sample.body.2": "A17"}
    newer = form(name="body", status="approved", body=f"{BODY} Soon!", based_on=came.pk)
    marketer.post(reverse(EDITOR, args=[body.pk]), newer | samples)
    body.refresh_from_db()

    restore(body, came, by=SYSTEM, based_on=body.current_id)

    body.refresh_from_db()
    assert body.current is not None
    assert (body.current.number, body.current.content) == (3, came.content)


def test_what_postgresql_refuses_is_refused_alone(project: Project) -> None:
    """No import can be so; where one is all the same, the others are not to suffer."""
    odd, plain = (
        Found(name=name, language="en", category="MARKETING", content=content(), vendor_id="7001")
        for name in ("n" * 600, "plain")
    )
    incoming = keep(project, Haul((odd, plain)), source=Source.PASTE, by=SYSTEM)

    lines = bring_in(incoming, by=SYSTEM)

    assert [(line.name, line.outcome, line.why) for line in lines] == [
        ("n" * 600, Outcome.REFUSED, BEYOND_US),
        ("plain", Outcome.ADDED, ""),
    ]
    assert statuses(project) == {"plain": "draft"}


def test_a_test_asks_for_what_has_no_sample(marketer: Client, sampleless: list[Template]) -> None:
    for template in sampleless:
        page = marketer.get(reverse("admin:campaigns_testsend_template", args=[template.pk]))
        part = marketer.post(
            reverse("admin:campaigns_testsend_template_request", args=[template.pk])
        )
        sent = marketer.post(
            reverse("admin:campaigns_testsend_template_send", args=[template.pk]),
            {"to": "+919000000031"},
        )

        assert (page.status_code, part.status_code) == (200, 200)
        assert "fill this in" in sent.text


def test_a_campaign_is_written_with_it(
    marketer: Client, project: Project, sampleless: list[Template]
) -> None:
    ProfileFactory.create(project=project, name="Asha")
    for template in sampleless:
        draft = written(template=template)
        parts = [
            marketer.post(f"/campaigns/campaign/parts/{part}/", draft)
            for part in ("slots", "preview", "reach")
        ]
        saved = marketer.post("/campaigns/campaign/add/", draft, follow=True)

        assert [part.status_code for part in parts] == [200, 200, 200]
        assert saved.status_code == 200
    drafts = project.campaigns.values_list("variants__version__template__name", flat=True)
    assert sorted(drafts) == [template.name for template in sampleless]
