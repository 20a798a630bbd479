from dataclasses import replace
from typing import Any

import pytest

from campaigns.models import CampaignStatus
from providers.models import Project
from providers.watch.actors import SYSTEM, Actor
from templates_app.incoming.found import Found, Haul, Refused
from templates_app.incoming.importing import bring_in, keep, plan
from templates_app.incoming.report import Line, Outcome
from templates_app.models import Source, Status, Template, TemplateImport
from tests.factories import TemplateFactory, UserFactory, VariantFactory
from tests.templates_app.contents import content

pytestmark = pytest.mark.django_db

SALE = Found(
    name="sale",
    language="en",
    category="MARKETING",
    content=content("Come today."),
    status=Status.APPROVED,
    vendor_id="7001",
)
ADDED = Line(name="sale", language="en", kind="Basic", outcome=Outcome.ADDED)


def incoming(project: Project, *found: Found, refused: tuple[Refused, ...] = ()) -> TemplateImport:
    return keep(project, Haul(found, refused), source=Source.PASTE, by=SYSTEM)


def stored(project: Project) -> Any:
    return [
        (row.name, row.language, row.status, row.vendor_id, row.current and row.current.content)
        for row in project.templates.select_related("current").order_by("name", "language")
    ]


def test_what_is_planned_is_done_and_told(project: Project) -> None:
    asha = UserFactory.create()
    hindi = replace(SALE, language="hi", status=None, vendor_id="")
    kept = incoming(project, SALE, hindi, refused=(Refused("odd", "It has no name."),))

    planned = plan(kept)
    told = bring_in(kept, by=Actor(asha))

    assert [replace(line, pk=None) for line in told] == planned
    assert planned == [
        ADDED,
        replace(ADDED, language="hi"),
        Line(name="odd", outcome=Outcome.REFUSED, why="It has no name."),
    ]
    assert stored(project) == [
        ("sale", "en", "approved", "7001", SALE.content),
        ("sale", "hi", "draft", "", SALE.content),
    ]
    template = Template.objects.get(language="en")
    assert [*template.changes.values_list("act", "by", "status")] == [
        ("imported", asha.pk, "approved")
    ]


def test_bringing_the_same_in_again_changes_nothing(project: Project) -> None:
    first = incoming(project, SALE)
    bring_in(first, by=SYSTEM)
    bring_in(first, by=SYSTEM)
    again = bring_in(incoming(project, SALE), by=SYSTEM)

    template = Template.objects.get()
    assert [line.outcome for line in again] == [Outcome.SAME]
    assert (template.versions.count(), template.changes.count()) == (1, 1)


def test_a_changed_text_is_a_new_version_and_names_what_it_stops(project: Project) -> None:
    template = TemplateFactory.create(
        project=project, name="sale", language="en", vendor_id="7001", content=content("Old.")
    )
    variant = VariantFactory.create(
        campaign__status=CampaignStatus.RUNNING,
        campaign__name="Diwali",
        version=template.current,
    )
    kept = incoming(project, SALE)

    assert [line.stops for line in plan(kept)] == [("Diwali (running)",)]
    (line,) = bring_in(kept, by=SYSTEM)

    template.refresh_from_db()
    variant.campaign.refresh_from_db()
    assert (line.outcome, line.stops) == (Outcome.CHANGED, ("Diwali (running)",))
    assert (template.status, template.current.number) == (Status.APPROVED, 2)
    assert variant.campaign.status == CampaignStatus.STOPPED


def test_what_gupshup_approved_against_a_rule_comes_in_and_waits(project: Project) -> None:
    edge = replace(SALE, content=content("Your code, {{1}}"))
    message = "Body: A body can't start or end with a placeholder: add a word there."

    (line,) = bring_in(incoming(project, edge), by=SYSTEM)
    again = bring_in(incoming(project, edge), by=SYSTEM)

    template = Template.objects.get()
    assert (line.outcome, line.problems) == (Outcome.ADDED, (message,))
    assert [line.outcome for line in again] == [Outcome.SAME]
    assert (template.status, template.status_reason) == (
        Status.PENDING,
        f"Approved at Gupshup. Before campaigns can use it: {message}",
    )


def test_a_status_of_gupshup_comes_with_its_reason(project: Project) -> None:
    bring_in(incoming(project, replace(SALE, status=Status.PENDING)), by=SYSTEM)
    rejected = replace(SALE, status=Status.REJECTED, reason="INVALID_FORMAT")

    (line,) = bring_in(incoming(project, rejected), by=SYSTEM)

    template = Template.objects.get()
    assert (line.outcome, template.status, template.status_reason) == (
        Outcome.CHANGED,
        Status.REJECTED,
        "INVALID_FORMAT",
    )


def test_a_template_never_changes_its_type(project: Project) -> None:
    TemplateFactory.create(project=project, name="sale", language="en", kind="carousel")

    (line,) = bring_in(incoming(project, SALE), by=SYSTEM)

    assert (line.outcome, line.why) == (
        Outcome.REFUSED,
        "It is a basic there and a carousel here, and a template's type never changes.",
    )


def test_another_projects_templates_are_left_alone(project: Project) -> None:
    theirs = TemplateFactory.create(name="sale", language="en")

    bring_in(incoming(project, SALE), by=SYSTEM)

    theirs.refresh_from_db()
    assert (theirs.current.number, theirs.vendor_id != "7001") == (1, True)


def test_whatever_stands_in_the_parts_comes_in_as_it_is(project: Project) -> None:
    odd = replace(
        SALE, content={"components": [7, {"type": "NEW"}, {"type": "BODY", "text": None}]}
    )

    (line,) = bring_in(incoming(project, odd), by=SYSTEM)

    assert line.outcome is Outcome.ADDED
    assert line.problems
    assert stored(project)[0][-1] == odd.content
