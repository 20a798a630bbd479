"""Every number on a campaign's page that leads somewhere: as many as the people it leads to."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from random import Random
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from campaigns.ledger.tallies import fold
from campaigns.models import CampaignKind, CampaignStatus, Run, VariantsBy
from campaigns.results.numbers import ALL_SLICES
from campaigns.results.people_behind import people_behind, read_behind
from providers.models import Project
from tests.campaigns.buttons import with_buttons
from tests.campaigns.drafts import page
from tests.campaigns.recurring import daily
from tests.campaigns.results.lives import live
from tests.campaigns.states import fill
from tests.factories import CampaignFactory, RunFactory, VariantFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NUMBER = re.compile(r'<a\b[^>]*href="(/campaigns/message/\?[^"]*)"[^>]*>([\d,]+)</a>')


@pytest.fixture
def run(project: Project) -> Run:
    campaign = CampaignFactory.create(
        project=project,
        variants_by=VariantsBy.SPLIT,
        status=CampaignStatus.COMPLETED,
        published_at=NOON,
    )
    for position in (0, 1):
        VariantFactory.create(
            campaign=campaign,
            position=position,
            share=50,
            template__content=with_buttons(),
        )
    made: Run = RunFactory.create(campaign=campaign, started_at=NOON)
    return made


def numbers_on(text: str) -> Iterator[tuple[dict[str, str], int]]:
    """What each link asks for, and the number that stands on it."""
    for address, number in NUMBER.findall(text):
        yield dict(parse_qsl(urlsplit(unescape(address)).query)), int(number.replace(",", ""))


def counted(run: Run, asked: dict[str, str]) -> int:
    if "run" in asked:
        part = ALL_SLICES[asked.get("slice", "targeted")]
        return run.messages.filter(part.condition).count()
    behind = read_behind(asked)
    assert behind is not None
    return people_behind(run.campaign, behind).count()


@pytest.mark.parametrize("seed", range(4))
def test_every_number_is_that_of_the_people_it_leads_to(
    run: Run, marketer: Client, seed: int
) -> None:
    fill(run)
    live(
        run,
        people=30,
        since=NOON,
        lasts=timedelta(hours=9),
        chance=Random(seed),
        variants=list(run.campaign.variants.order_by("position")),
    )
    told = list(numbers_on(marketer.get(page(run.campaign)).content.decode()))
    assert [(asked, n) for asked, n in told] == [(asked, counted(run, asked)) for asked, _ in told]
    kinds = {key for asked, _ in told for key in asked}
    assert kinds == {"campaign", "slice", "reason", "code", "variant", "button"}
    slices = {asked.get("slice") for asked, _ in told}
    assert {"left", "clicked", "replied", "not_sent", "failed_later", "no_report"} <= slices

    fold()
    assert list(numbers_on(marketer.get(page(run.campaign)).content.decode())) == told


def test_the_last_row_of_the_runs_is_all_of_them_together(project: Project, viewer: Client) -> None:
    campaign = CampaignFactory.create(
        project=project,
        kind=CampaignKind.RECURRING,
        schedule=daily(NOON, project.time_zone),
        status=CampaignStatus.COMPLETED,
        published_at=NOON,
    )
    variant = VariantFactory.create(campaign=campaign)
    for number, people in ((1, 3), (2, 5)):
        began = NOON + timedelta(days=number)
        run = RunFactory.create(campaign=campaign, number=number, due_key=began.date())
        live(
            run,
            people=people,
            since=began,
            lasts=timedelta(hours=9),
            chance=Random(number),
            variants=[variant],
        )
    text = viewer.get(page(campaign)).content.decode()
    table = text[text.index('id="runs-title"') :]
    rows = [
        [int(number) for _, number in NUMBER.findall(row)]
        for row in table[: table.index("</table>")].split("</tr>")
    ]
    second, first, together = [row for row in rows if row]
    assert (second[0], first[0]) == (5, 3)
    assert together == [one + other for one, other in zip(first, second, strict=True)]
