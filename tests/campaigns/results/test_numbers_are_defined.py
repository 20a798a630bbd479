"""What a number is called on a page of results, docs/results.md says what it counts."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import CampaignStatus, Reason, Run, VariantsBy
from campaigns.results.numbers import FUNNEL, SLICES
from providers.models import Project
from tests.campaigns.buttons import LATER, MINE, SHOP, with_buttons
from tests.campaigns.drafts import page
from tests.campaigns.goals import reached_the_goal, with_goal
from tests.campaigns.states import count, fill
from tests.factories import MessageFactory, RunFactory, TallyFactory, VariantFactory

pytestmark = pytest.mark.django_db
CHAPTER = Path(__file__).parents[3] / "docs/results.md"
TITLES = re.compile(r"<(h2|h3|dt|th)\b[^>]*>(.*?)</\1>", re.DOTALL)
# They name what somebody wrote, or what is no number.
NO_NUMBER = {"About this campaign", "What next", "Reason", "Into a list", "Step", "First run"} | {
    SHOP,
    MINE,
    LATER,
}


@pytest.fixture
def run(project: Project) -> Run:
    """Of a campaign that has all there is: a goal, a control group, variants, runs, buttons."""
    run = with_goal(project, control=True, value="Amount", currency="INR")
    campaign = run.campaign
    campaign.variants_by = VariantsBy.SPLIT
    campaign.status, campaign.published_at = CampaignStatus.COMPLETED, timezone.now()
    campaign.save()
    for position in (0, 1):
        VariantFactory.create(
            campaign=campaign, position=position, template__content=with_buttons()
        )
    reached_the_goal(fill(run)[-1])
    TallyFactory.create(run=run, name=f"suppressed:{Reason.CONTROL_GROUP}", n=5)
    again: Run = RunFactory.create(campaign=campaign, number=2, goal=run.goal)
    MessageFactory.create(run=again)
    count(again)
    return run


def titles(text: str) -> set[str]:
    """Of cards and tables; without what says of what they are, and without numbers."""
    found = set()
    for _, inner in TITLES.findall(text.partition('id="live"')[2].partition('id="about"')[0]):
        words = re.sub(r"<(span|a|button)\b.*?</\1>|<[^>]*>", " ", inner, flags=re.DOTALL)
        found.add(" ".join(unescape(words).split()).partition(":")[0])
    return {title for title in found if title and not re.match(r"\d", title)}


def test_the_chapter_defines_every_number_of_a_campaigns_page(run: Run, marketer: Client) -> None:
    shown = titles(marketer.get(page(run.campaign)).content.decode()) - NO_NUMBER
    chapter = re.sub(r"[*`]", "", CHAPTER.read_text()).casefold()
    assert {"Converted", "Times", "Opt-outs that followed", "Clicks", "Runs"} <= shown
    assert {title for title in shown if title.casefold() not in chapter} == set()


def test_each_step_says_beside_itself_whom_it_counts(run: Run, marketer: Client) -> None:
    text = marketer.get(page(run.campaign)).content.decode()
    beside = re.findall(r'<span class="kc-means">([^<]+)</span>', text)
    assert beside == [SLICES[name].means for name, _ in FUNNEL]
    assert all(beside)
