import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import CampaignStatus
from providers.models import Project
from templates_app.models import Status, Template
from tests.factories import TemplateFactory, TemplateVersionFactory, VariantFactory
from tests.templates_app.contents import content

LIST = reverse("admin:templates_app_template_changelist")


def page(name: str, template: Template) -> str:
    return reverse(f"admin:templates_app_template_{name}", args=[template.pk])


def chosen(action: str, *templates: Template, **more: str) -> dict[str, Any]:
    return {"action": action, "_selected_action": [t.pk for t in templates], **more}


def status_of(template: Template) -> str:
    return Template.objects.get(pk=template.pk).status


@pytest.fixture
def sale(project: Project) -> Template:
    return TemplateFactory.create(project=project, name="sale", language="en")


def running(template: Template) -> Any:
    return VariantFactory.create(
        campaign__status=CampaignStatus.RUNNING,
        campaign__name="Diwali",
        version=template.current,
    ).campaign


def test_a_pause_names_what_stops_before_it_stops_it(marketer: Client, sale: Template) -> None:
    campaign = running(sale)

    asked = marketer.get(page("pause_now", sale))
    assert "Diwali (running)" in asked.text
    assert status_of(sale) == Status.APPROVED
    marketer.post(page("pause_now", sale), {"why": "Too many complaints."})

    campaign.refresh_from_db()
    sale.refresh_from_db()
    assert (sale.status, sale.status_reason) == (
        Status.PAUSED,
        "Too many complaints.",
    )
    assert campaign.status == CampaignStatus.STOPPED


def test_what_cannot_be_approved_says_why(marketer: Client, project: Project) -> None:
    bad = TemplateFactory.create(
        project=project, status=Status.DRAFT, content=content("{{1}}", samples=["x"])
    )

    answer = marketer.post(page("approve_now", bad), follow=True)

    assert "can&#x27;t be approved yet. Body: A body can&#x27;t start or end" in answer.text
    assert status_of(bad) == Status.DRAFT


def test_what_was_never_sent_is_deleted_and_the_rest_archived(
    marketer: Client, sale: Template
) -> None:
    running(sale)
    never = TemplateFactory.create(project=sale.project)

    marketer.post(page("delete_now", sale))
    gone = marketer.post(page("delete_now", never))

    assert gone["Location"] == LIST
    assert [*sale.project.templates.values_list("name", "status")] == [("sale", "archived")]


def test_many_are_moved_at_once_after_one_confirmation(marketer: Client, sale: Template) -> None:
    campaign = running(sale)
    other = TemplateFactory.create(project=sale.project)

    asked = marketer.post(LIST, chosen("archive_many", sale, other))
    assert ("Diwali (running)" in asked.text, "2 templates" in asked.text) == (True, True)
    assert (status_of(sale), status_of(other)) == (Status.APPROVED, Status.APPROVED)
    marketer.post(LIST, chosen("archive_many", sale, other, confirmed="1"))

    campaign.refresh_from_db()
    assert (status_of(sale), status_of(other)) == (Status.ARCHIVED, Status.ARCHIVED)
    assert campaign.status == CampaignStatus.STOPPED


def test_another_projects_templates_are_out_of_reach(marketer: Client, project: Project) -> None:
    theirs = TemplateFactory.create()

    marketer.post(LIST, chosen("delete_many", theirs, confirmed="1"))

    assert marketer.get(page("export", theirs)).status_code == 404
    assert status_of(theirs) == Status.APPROVED


def test_a_viewer_may_export_and_nothing_else(viewer: Client, sale: Template) -> None:
    viewer.post(LIST, chosen("delete_many", sale, confirmed="1"))
    answers = [
        viewer.post(page(name, sale)).status_code
        for name in ("pause_now", "delete_now", "clone", "restore")
    ]

    assert (answers, status_of(sale)) == ([403, 403, 403, 403], Status.APPROVED)
    assert viewer.get(page("export", sale)).json()["name"] == "sale"


def test_an_export_is_metas_json_and_comes_in_again(marketer: Client, sale: Template) -> None:
    hindi = TemplateFactory.create(
        project=sale.project, name="sale", language="hi", content=content("Hi {{first_name}}!")
    )

    (_, second) = json.loads(marketer.post(LIST, chosen("export_many", sale, hindi)).content)

    assert second == {
        "name": "sale",
        "language": "hi",
        "category": "MARKETING",
        "id": hindi.vendor_id,
        "parameter_format": "NAMED",
        **content("Hi {{first_name}}!"),
    }


def test_a_clone_is_a_draft_of_its_own(marketer: Client, sale: Template) -> None:
    asked = marketer.get(page("clone", sale))
    assert asked.context["form"].initial == {"name": "sale_copy", "language": "en"}

    taken = marketer.post(page("clone", sale), {"name": "sale", "language": "en"})
    marketer.post(page("clone", sale), {"name": "sale", "language": "hi"})

    copy = Template.objects.get(language="hi")
    assert "with this name and language already" in taken.text
    assert (copy.status, copy.vendor_id, copy.kind) == (Status.DRAFT, "", sale.kind)
    assert copy.current is not None
    assert sale.current is not None
    assert copy.current.content == sale.current.content
    assert [*copy.changes.values_list("act", "why")] == [("cloned", "From sale (en).")]


def test_the_languages_of_one_template_stand_together(marketer: Client, sale: Template) -> None:
    TemplateFactory.create(project=sale.project, name="after_sale", language="en")
    hindi = TemplateFactory.create(project=sale.project, name="sale", language="hi")

    listed = marketer.get(LIST).context["cl"].result_list
    assert [(row.name, row.language, row.goes_on) for row in listed] == [
        ("after_sale", "en", False),
        ("sale", "en", False),
        ("sale", "hi", True),
    ]
    assert page("change", hindi) in marketer.get(page("change", sale)).text


def test_an_older_version_is_shown_compared_and_brought_back(
    marketer: Client, sale: Template
) -> None:
    second = TemplateVersionFactory.create(template=sale, content=content("Come tomorrow."))
    sale.current = second
    sale.save()

    asked = marketer.get(page("restore", sale), {"version": "1"})
    assert "<del>" in asked.text
    marketer.post(page("restore", sale), {"version": "1", "based_on": str(second.pk)})
    late = marketer.post(
        page("restore", sale), {"version": "2", "based_on": str(second.pk)}, follow=True
    )

    sale.refresh_from_db()
    assert sale.current is not None
    assert sale.current.number == 3
    assert "Somebody else saved" in late.text
    history = marketer.get(page("history", sale))
    assert [step.change.why for step in history.context["steps"]] == ["Version 1 again."]
    assert marketer.get(page("restore", sale), {"version": "9"}).status_code == 404
