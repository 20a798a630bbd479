from typing import Any

import pytest

from campaigns.models import CampaignStatus
from providers.models import Project
from providers.watch.actors import SYSTEM, Actor
from templates_app.keeping.readiness import NotReadyError
from templates_app.keeping.statuses import delete, set_status
from templates_app.models import SendingStyle, Status, Template
from tests.factories import TemplateFactory, UserFactory, VariantFactory
from tests.templates_app.contents import content

pytestmark = pytest.mark.django_db


def history(template: Template) -> list[Any]:
    return [*template.changes.order_by("pk").values_list("act", "by", "status", "why")]


def test_a_status_keeps_its_reason_and_who_gave_it(project: Project) -> None:
    asha = UserFactory.create()
    template = TemplateFactory.create(project=project, status=Status.PENDING)

    set_status(template, Status.REJECTED, by=Actor(asha), why="INVALID_FORMAT")
    set_status(template, Status.REJECTED, by=Actor(asha), why="INVALID_FORMAT")

    stored = Template.objects.get(pk=template.pk)
    assert (stored.status, stored.status_reason) == ("rejected", "INVALID_FORMAT")
    assert history(template) == [("status", asha.pk, "rejected", "INVALID_FORMAT")]


def test_what_is_no_longer_approved_stops_its_campaigns(project: Project) -> None:
    template = TemplateFactory.create(project=project)
    variant = VariantFactory.create(
        campaign__status=CampaignStatus.SCHEDULED,
        campaign__name="Diwali",
        version=template.current,
    )

    moved = set_status(template, Status.PAUSED, by=SYSTEM, why="Low quality.")

    variant.campaign.refresh_from_db()
    assert [stopped.name for stopped in moved.stopped] == ["Diwali (scheduled)"]
    assert (variant.campaign.status, variant.campaign.status_reason) == (
        CampaignStatus.STOPPED,
        f"The template “{template}” is paused. Low quality.",
    )


def test_nobody_approves_what_has_errors(project: Project) -> None:
    template = TemplateFactory.create(
        project=project, status=Status.DRAFT, content=content("Your code, {{1}}", samples=["17"])
    )

    with pytest.raises(NotReadyError, match="start or end"):
        set_status(template, Status.APPROVED, by=Actor(UserFactory.create()))

    assert Template.objects.get(pk=template.pk).status == Status.DRAFT


def test_what_gupshup_approves_with_errors_waits_for_a_person(project: Project) -> None:
    template = TemplateFactory.create(
        project=project, status=Status.PENDING, content=content("Your code, {{1}}", samples=["17"])
    )
    why = (
        "Approved at Gupshup. Before campaigns can use it: Body: A body can't start or end with a "
        "placeholder: add a word there."
    )

    moved = [set_status(template, Status.APPROVED, by=SYSTEM) for _ in range(2)]

    assert [told.status for told in moved] == [Status.PENDING, Status.PENDING]
    assert (template.status, template.status_reason) == (Status.PENDING, why)
    assert history(template) == [("status", None, "", why)]


def test_what_gupshup_approves_may_lack_samples(project: Project) -> None:
    template = TemplateFactory.create(
        project=project, status=Status.PENDING, content=content("Hi {{1}}, come and see us today")
    )

    assert set_status(template, Status.APPROVED, by=SYSTEM).status == Status.APPROVED


def test_deleting_what_nobody_used_leaves_nothing(project: Project) -> None:
    template = TemplateFactory.create(project=project)

    assert delete(template, by=SYSTEM)

    assert not Template.objects.exists()


def test_deleting_what_was_sent_archives_it_and_stops_what_runs(project: Project) -> None:
    template = TemplateFactory.create(project=project, sending_style=SendingStyle.BY_TEXT)
    running, done = (
        VariantFactory.create(campaign__status=status, version=template.current).campaign
        for status in (CampaignStatus.RUNNING, CampaignStatus.COMPLETED)
    )

    assert not delete(template, by=SYSTEM)

    for campaign in (running, done):
        campaign.refresh_from_db()
    assert Template.objects.get(pk=template.pk).status == Status.ARCHIVED
    assert (running.status, done.status) == (CampaignStatus.STOPPED, CampaignStatus.COMPLETED)
    assert running.status_reason == f"The template “{template}” was deleted."
