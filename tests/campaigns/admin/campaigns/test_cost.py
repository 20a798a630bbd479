"""A project's rate card, and what a campaign costs by it on its last page."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from campaigns.models import RateCard, VariantsBy
from campaigns.running import counting_reach
from campaigns.tasks import count_reach
from providers.models import AuditEntry, Project
from tests.campaigns.drafts import page, ready, written
from tests.factories import (
    ProfileFactory,
    ProjectFactory,
    RateCardFactory,
    TemplateFactory,
    VariantFactory,
)

ADD, LIST = "/campaigns/ratecard/add/", "/campaigns/ratecard/"
HEAD = "country,category,price,currency\n"
CARD = f"{HEAD}IN,marketing,0.7846,INR\nIN,utility,0.115,INR\nUS,marketing,2.05,INR\n"


def put_up(client: Client, text: str = CARD, *, valid_from: str = "2026-01-01") -> Any:
    file = SimpleUploadedFile("rates.csv", text.encode(), content_type="text/csv")
    return client.post(ADD, {"file": file, "valid_from": valid_from})


def last_page(client: Client, campaign: Any) -> str:
    return " ".join(client.get(page(campaign, "publish/reach")).content.decode().split())


def test_an_admin_puts_a_card_up_and_it_is_shown(project: Project, project_admin: Client) -> None:
    answer = put_up(project_admin)

    card = RateCard.objects.get(project=project)
    shown = project_admin.get(answer["Location"]).content.decode()
    assert answer["Location"] == f"/campaigns/ratecard/{card.pk}/change/"
    assert (card.currency, card.prices["IN"]["MARKETING"]) == ("INR", "0.7846")
    assert ("Campaigns that go out today are counted by it." in shown, "0.7846" in shown) == (
        True,
        True,
    )
    assert "INR from 1 January 2026" in project_admin.get(LIST).content.decode()
    entry = AuditEntry.objects.get(action="rate_card.put_up")
    assert entry.note == "2 countries, INR, valid from 1 January 2026"


def test_a_card_that_is_refused_leaves_the_one_before(
    project: Project, project_admin: Client
) -> None:
    put_up(project_admin)
    before = list(RateCard.objects.values())

    answer = put_up(project_admin, f"{HEAD}IN,marketing,cheap,INR\n")
    large = SimpleUploadedFile("rates.csv", CARD.encode() * 20_000, content_type="text/csv")
    nothing = project_admin.post(ADD, {"valid_from": "someday"}).content.decode()

    assert "Row 2: “cheap” is no price." in answer.content.decode()
    huge = project_admin.post(ADD, {"file": large, "valid_from": "2026-01-01"}, follow=True)
    assert "Choose a file." in nothing
    assert "a rate card has at most 1 MB" in huge.content.decode()
    assert list(RateCard.objects.values()) == before


def test_the_last_page_says_the_cost_by_country(
    project: Project, marketer: Client, project_admin: Client
) -> None:
    campaign = ready(project, people=3)
    ProfileFactory.create_batch(2, project=project, phone="")
    ProfileFactory.create(project=project, phone="+12025550123")
    ProfileFactory.create(project=project, phone="+447400123456")
    before = last_page(marketer, campaign)
    put_up(project_admin)

    text = last_page(marketer, campaign)

    assert "What it costs can't be said: no" in before
    assert "is about <strong>4.40 INR</strong>" in text  # 3 × 0.7846 + 2.05 = 4.4038
    india = '<th scope="row">India</th><td class="kc-text">Marketing</td>'
    assert f"{india}<td>3</td><td>0.7846</td><td>2.35" in text
    assert "That leaves out <strong>1 person</strong>" in text
    assert "United Kingdom, Marketing (1)." in text


def test_each_variant_costs_by_its_own_category(
    project: Project, marketer: Client, project_admin: Client
) -> None:
    campaign = ready(project, people=4, variants_by=VariantsBy.PROPERTY, by_property="City")
    VariantFactory.create(
        campaign=campaign,
        position=1,
        fits="Pune",
        version=TemplateFactory.create(project=project, category="UTILITY").current,
    )
    ProfileFactory.create(project=project, properties={"City": "Pune"})
    put_up(project_admin)

    text = last_page(marketer, campaign)

    assert "<strong>3.25 INR</strong>" in text  # 4 × 0.7846 + 0.115 = 3.2534


def test_the_card_of_the_day_on_which_it_leaves_counts(
    project: Project, marketer: Client, project_admin: Client
) -> None:
    later = timezone.now() + timedelta(days=40)
    campaign = ready(project, people=1, starts_at=later)
    put_up(project_admin)
    put_up(project_admin, f"{HEAD}IN,marketing,7,USD\n", valid_from=later.date().isoformat())
    put_up(project_admin, f"{HEAD}IN,marketing,9,USD\n", valid_from="2099-01-01")

    assert "<strong>7.00 USD</strong>" in last_page(marketer, campaign)
    type(campaign).objects.update(starts_at=None)
    assert "<strong>0.78 INR</strong>" in last_page(marketer, campaign)


def test_what_a_worker_counted_is_priced_alike(
    project: Project, marketer: Client, project_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting_reach, "FEW", 1)
    campaign = ready(project, people=3)
    put_up(project_admin)
    count_reach(campaign.pk)

    assert "<strong>2.35 INR</strong>" in last_page(marketer, campaign)


def reach_while_writing(client: Client, **changes: Any) -> str:
    form = written(**changes)
    return " ".join(client.post("/campaigns/campaign/parts/reach/", form).content.decode().split())


def test_the_cost_stands_beside_the_builders_reach_and_follows_it(
    project: Project, marketer: Client, project_admin: Client
) -> None:
    template = ready(project, people=3).variants.get().version.template
    everybody = {"template": template}
    assert "What it costs" not in reach_while_writing(marketer, **everybody)
    put_up(project_admin)
    put_up(project_admin, f"{HEAD}IN,marketing,7,USD\n", valid_from="2099-01-01")

    assert "<strong>2.35 INR</strong>. Gupshup's" in reach_while_writing(marketer, **everybody)
    ProfileFactory.create(project=project, phone="+447400123456")
    assert "United Kingdom, Marketing (1)." in reach_while_writing(marketer, **everybody)
    # Fewer people, another day, and each time.
    to_nobody = reach_while_writing(marketer, **everybody, audience="some")
    later = {"when": "later", "starts_at": "2099-03-02T10:00"}
    recurring = {"when": "recurring", "every": "day", "n": "1", "at": "10:00"}
    assert "INR" not in to_nobody
    assert "<strong>21.00 USD</strong>" in reach_while_writing(marketer, **everybody, **later)
    assert "2.35 INR</strong> each time" in reach_while_writing(marketer, **everybody, **recurring)


@pytest.mark.parametrize("changes", [{"template": None}, {"when": "live"}])
def test_what_nobody_can_price_yet_has_no_cost_beside_its_reach(
    project: Project, marketer: Client, project_admin: Client, changes: dict[str, Any]
) -> None:
    template = ready(project, people=3).variants.get().version.template
    put_up(project_admin)
    text = reach_while_writing(marketer, **{"template": template, **changes})
    assert ("<strong>3</strong>" in text, "INR" in text) == (True, False)


def test_another_projects_card_is_not_asked(project: Project, marketer: Client) -> None:
    RateCardFactory.create(project=ProjectFactory.create())
    assert "What it costs can't be said" in last_page(marketer, ready(project))
