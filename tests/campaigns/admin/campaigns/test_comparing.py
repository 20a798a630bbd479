"""Campaigns side by side, and all campaigns of one template."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, CampaignStatus
from providers.models import Project
from tests.campaigns.goals import with_goal
from tests.factories import (
    CampaignFactory,
    ProjectFactory,
    RunFactory,
    TallyFactory,
    TemplateFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
COMPARE = reverse("admin:campaigns_campaign_compare")
OF_TEMPLATE = reverse("admin:campaigns_campaign_of_template")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def gone_out(project: Project, name: str, *, days: int = 0, **numbers: int) -> Campaign:
    campaign: Campaign = CampaignFactory.create(
        project=project,
        name=name,
        status=CampaignStatus.COMPLETED,
        published_at=NOON + timedelta(days=days),
    )
    run = RunFactory.create(campaign=campaign)
    for number, n in numbers.items():
        TallyFactory.create(run=run, name=number, n=n)
    return campaign


def table(text: str) -> list[list[str]]:
    """The cells of the table in words, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in row] for row in cells]


def test_two_campaigns_side_by_side_with_their_shares(project: Project, viewer: Client) -> None:
    tea = gone_out(project, "Tea", targeted=200, sent=180, delivered=90, read=45, clicked=9)
    mugs = gone_out(project, "Mugs", days=1, targeted=10, sent=10, failed=1)

    answer = viewer.get(COMPARE, {"campaign": [mugs.pk, tea.pk]})

    assert table(answer.content.decode()) == [
        ["Number", "Tea 1 Mar 2026, 17:30", "Mugs 2 Mar 2026, 17:30"],
        ["Targeted", "200", "10"],
        ["Sent share of targeted", "180 90.0 %", "10 100 %"],
        ["Delivered share of sent", "90 50.0 %", "0 0 %"],
        ["Viewed share of delivered", "45 50.0 %", "0"],
        ["Clicked share of delivered", "9 10.0 %", "0"],
        ["Replied share of delivered", "0 0 %", "0"],
        ["Failed share of targeted", "0 0 %", "1 10.0 %"],
        ["Suppressed share of targeted", "0 0 %", "0 0 %"],
    ]
    assert "Write the file" not in answer.content.decode()
    assert f'?campaign={tea.pk}&amp;slice=read">45</a>' in answer.content.decode()


def test_who_had_no_goal_is_no_zero(project: Project, viewer: Client) -> None:
    template = TemplateFactory.create(project=project)
    run = with_goal(project)
    Campaign.objects.update(published_at=NOON)
    for name, n in (("delivered", 10), ("converted", 5)):
        TallyFactory.create(run=run, name=name, n=n)
    mugs = gone_out(project, "Mugs", days=1, delivered=30)
    for campaign in (run.campaign, mugs):
        VariantFactory.create(campaign=campaign, template=template)

    beside = viewer.get(COMPARE, {"campaign": [run.campaign_id, mugs.pk]}).content.decode()
    listed = viewer.get(OF_TEMPLATE, {"template": template.pk}).content.decode()

    assert ["Converted share of delivered", "5 50.0 %", "–"] in table(beside)
    column = table(listed)[0].index("Converted of delivered")
    assert [row[column] for row in table(listed)[1:]] == ["–", "5 50.0 %", "5"]


def test_the_choice_says_what_is_wrong_with_it(project: Project, viewer: Client) -> None:
    assert "No campaign has gone out yet" in viewer.get(COMPARE).content.decode()
    one, *others = [gone_out(project, f"Sale {n}", days=n) for n in range(6)]
    CampaignFactory.create(project=project, name="Only a draft")
    theirs = gone_out(ProjectFactory.create(), "Somebody else's")
    first = viewer.get(COMPARE).content.decode()
    assert ("Only a draft" in first, "Somebody" in first, "<table" in first) == (False,) * 3
    for chosen in ([one.pk], [one.pk, theirs.pk], ["x", "-1", 9**30]):
        answer = viewer.get(COMPARE, {"campaign": chosen}).content.decode()
        assert ("Tick at least two campaigns" in answer, "<table" in answer) == (True, False)
    all_of_them = viewer.get(COMPARE, {"campaign": [each.pk for each in (one, *others)]})
    assert "Only 5 fit beside each other" in all_of_them.content.decode()
    assert [each.name for each in all_of_them.context["campaigns"]] == [
        *("Sale 0", "Sale 1", "Sale 2", "Sale 3", "Sale 4")
    ]


def test_every_campaign_of_a_template_and_all_of_them_together(
    project: Project, viewer: Client
) -> None:
    template = TemplateFactory.create(project=project, name="spring")
    for days, sent in enumerate((30, 70)):
        campaign = gone_out(project, f"Sale {days}", days=days, targeted=100, sent=sent)
        VariantFactory.create(campaign=campaign, template=template)
    gone_out(project, "Another")

    text = viewer.get(OF_TEMPLATE, {"template": template.pk}).content.decode()

    assert [row[:3] for row in table(text)] == [
        ["Campaign", "Targeted", "Sent of targeted"],
        ["Sale 1 2 Mar 2026, 17:30", "100", "70 70.0 %"],
        ["Sale 0 1 Mar 2026, 17:30", "100", "30 30.0 %"],
        ["Together", "200", "100 50.0 %"],
    ]


def test_a_template_that_nothing_sent_or_that_is_not_there(
    project: Project, viewer: Client
) -> None:
    template = TemplateFactory.create(project=project)
    text = viewer.get(OF_TEMPLATE, {"template": template.pk}).content.decode()
    assert "No campaign has sent this template yet" in text
    theirs = TemplateFactory.create()
    for wrong in (theirs.pk, "", "x", 9**30):
        assert viewer.get(OF_TEMPLATE, {"template": wrong}).status_code == 404
