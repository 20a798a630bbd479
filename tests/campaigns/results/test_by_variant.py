"""Variants beside each other on the campaign's page."""

from collections.abc import Mapping

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus, Message, Run, State, Variant, VariantsBy
from campaigns.planning.preflight import variants_of
from campaigns.results.by_variant import VariantResult, results_by_variant, sentences
from campaigns.results.message_story import which_variant
from campaigns.results.people_behind import people_behind, read_behind
from campaigns.results.why_not import why_not
from providers.models import Project
from tests.campaigns.drafts import page
from tests.campaigns.states import count
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    RunFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TIMES = ("sent", "delivered", "read", "clicked", "replied")


@pytest.fixture
def run(project: Project) -> Run:
    """A: three delivered, two viewed. B: one delivered and viewed, one failed."""
    campaign = CampaignFactory.create(
        project=project, variants_by=VariantsBy.SPLIT, status=CampaignStatus.COMPLETED
    )
    run: Run = RunFactory.create(campaign=campaign)
    first, second = (
        VariantFactory.create(campaign=campaign, position=position, share=50) for position in (0, 1)
    )
    for variant, steps in ((first, 3), (first, 3), (first, 2), (second, 3)):
        times = {f"{name}_at": NOW for name in TIMES[:steps]}
        MessageFactory.create(run=run, variant=variant, state=State.READ, **times)
    MessageFactory.create(run=run, variant=second, state=State.FAILED, failed_at=NOW)
    count(run)
    return run


def rows(run: Run) -> dict[str, list[tuple[str, int]]]:
    found = results_by_variant(run.campaign, variants_of(run.campaign), [run])
    return {row.variant.letter: [(cell.slice, cell.count) for cell in row.cells] for row in found}


def test_each_variant_has_its_own_numbers(run: Run) -> None:
    names = ("targeted", "sent", "delivered", "read", "clicked", "replied")
    assert rows(run) == {
        "A": list(zip(names, (3, 3, 3, 2, 0, 0), strict=True)),
        "B": list(zip(names, (2, 1, 1, 1, 0, 0), strict=True)),
    }


def test_every_number_leads_to_the_people_behind_it(run: Run, viewer: Client) -> None:
    for variant in variants_of(run.campaign):
        for name, number in rows(run)[variant.letter]:
            asked = {"slice": name, "variant": str(variant.pk)}
            behind = read_behind(asked)
            link = {**asked, "campaign": run.campaign.pk}
            shown = viewer.get("/campaigns/message/", link).context["cl"].result_list
            assert behind is not None
            assert people_behind(run.campaign, behind).count() == number == len(shown)


@pytest.mark.parametrize("variant", ["x", "-1", "1e9", "9" * 19, "1\0"])
def test_what_is_no_variant_is_nobody(variant: str) -> None:
    assert read_behind({"variant": variant}) is None


def test_the_page_shows_them(run: Run, viewer: Client) -> None:
    text = " ".join(viewer.get(page(run.campaign)).content.decode().split())
    assert "50 in a hundred, drawn by chance" in text
    assert "66.7 %<br>20.8 to 93.9 %" in text
    assert "Viewed: B is ahead" in text


ODD: Mapping[str, list[tuple[int, dict[str, object]]]] = {
    "nobody": [],
    "one": [(0, {"state": State.SENT, "sent_at": NOW})],
    "all failed": [(n, {"state": State.FAILED, "failed_at": NOW}) for n in (0, 0, 1)],
    "nobody got the second": [
        (0, {"state": State.READ, "sent_at": NOW, "delivered_at": NOW, "read_at": NOW})
    ],
}


@pytest.mark.parametrize("odd", ODD)
def test_campaigns_of_which_there_is_little_to_say_have_their_pages(
    project: Project, marketer: Client, odd: str
) -> None:
    campaign = CampaignFactory.create(
        project=project,
        variants_by=VariantsBy.SPLIT,
        status=CampaignStatus.COMPLETED,
        published_at=NOW,
        finished_at=NOW,
    )
    variants = [
        VariantFactory.create(campaign=campaign, position=position, share=50) for position in (0, 1)
    ]
    run = RunFactory.create(campaign=campaign)
    for position, fields in ODD[odd]:
        MessageFactory.create(run=run, variant=variants[position], **fields)
    count(run)
    for part in ("change", "live", "over-time"):
        answer = marketer.get(page(campaign, part))
        assert (part, answer.status_code) == (part, 200)
    text = marketer.get(page(campaign)).content.decode()
    for words in ("nan", "None", "inf %"):
        assert f">{words}<" not in text
    assert " is better with" not in text
    ids = [campaign.pk, run_of_another(project).campaign_id]
    answer = marketer.get("/campaigns/campaign/compare/", {"campaign": ids})
    assert answer.status_code == 200


def run_of_another(project: Project) -> Run:
    made: Run = RunFactory.create(campaign__project=project, campaign__published_at=NOW)
    return made


def test_one_message_for_everybody_has_no_such_table(run: Run, viewer: Client) -> None:
    run.campaign.variants.filter(position=1).delete()
    assert 'id="variants-title"' not in viewer.get(page(run.campaign)).content.decode()


def test_a_message_says_which_variant_and_why(run: Run) -> None:
    message = Message.objects.filter(variant__position=1).first()
    assert message is not None
    assert message.profile is not None
    said = "Variant B, for 50 in a hundred, drawn by chance."
    assert which_variant(message) == said
    assert why_not(message.profile, run.campaign).words.endswith(said) is (
        message.state == State.READ
    )
    Campaign.objects.update(variants_by=VariantsBy.ONE)
    assert which_variant(Message.objects.get(pk=message.pk)) == ""


def counted(*numbers: tuple[int, int], name: str = "read") -> list[VariantResult]:
    def result(position: int, numbers: Mapping[str, int]) -> VariantResult:
        return VariantResult(Variant(position=position), "", numbers)

    return [
        result(position, {name: did, "delivered": people})
        for position, (did, people) in enumerate(numbers)
    ]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            [(600, 1_000), (690, 1_000)],
            (
                "Viewed: B is better with 99 %. "
                "Equal variants would differ as much less often than once in twenty times."
            ),
        ),
        (
            [(100, 1_000), (120, 1_000)],
            (
                "Viewed: B is ahead, and better with 92 %. "
                "Too early to say: about 5,700 more people are needed."
            ),
        ),
        ([(500, 1_000), (500, 1_000)], "Viewed: nobody is ahead so far."),
        (
            [(500_000, 1_000_000), (500_200, 1_000_000)],
            "Viewed: B is ahead, and better with 61 %. The difference may be chance.",
        ),
    ],
)
def test_what_may_be_said_of_a_difference(numbers: list[tuple[int, int]], said: str) -> None:
    split = Campaign(variants_by=VariantsBy.SPLIT)
    assert sentences(split, counted(*numbers)) == [said]


def test_nothing_is_said_of_people_who_differ_or_did_nothing() -> None:
    results = counted((600, 1_000), (690, 1_000))
    assert sentences(Campaign(variants_by=VariantsBy.LANGUAGE), results) == []
    assert sentences(Campaign(variants_by=VariantsBy.SPLIT), counted((0, 9), (0, 9))) == []
