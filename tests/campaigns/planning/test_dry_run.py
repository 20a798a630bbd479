"""Who would be left out because of their values, before anything is sent."""

from collections.abc import Mapping

import pytest
from django.test import Client

from campaigns.models import Audience, Campaign, Reason
from campaigns.planning import dry_run as dry_running
from campaigns.planning.dry_run import DryRun, dry_run
from campaigns.planning.preflight import variants_of
from campaigns.planning.targeting import forecast
from providers.models import Project
from tests.campaigns.drafts import page, ready
from tests.factories import CustomListFactory, ListMemberFactory, ProfileFactory, choose

CITY = {"body.1": {"text": "{{ profile.city }}", "fallback": ""}}


@pytest.fixture
def campaign(project: Project) -> Campaign:
    campaign = ready(project, people=0)
    campaign.variants.update(values=CITY)
    return campaign


def person(project: Project, identity: str, **properties: object) -> None:
    ProfileFactory.create(project=project, identity=identity, name=identity, properties=properties)


def tried(campaign: Campaign, *, expected: int | None = None) -> DryRun:
    reach = forecast(campaign).to_send
    return dry_run(campaign, variants_of(campaign)[0], expected=expected or reach)


def told(found: DryRun) -> Mapping[tuple[str, str], list[str]]:
    return {
        (part.reason, part.slot.label): [profile.identity for profile in part.people]
        for part in found.left_out
    }


def test_missing_and_overlong_values_are_counted_with_their_people(campaign: Campaign) -> None:
    person(campaign.project, "fine", city="Pune")
    person(campaign.project, "blank", city=" ")
    person(campaign.project, "lacking")
    person(campaign.project, "endless", city="P" * 2_000)
    ProfileFactory.create(project=campaign.project, identity="out", subscribed=False)

    found = tried(campaign)

    assert told(found) == {
        (Reason.MISSING_VALUE, "Body {{1}}"): ["blank", "lacking"],
        (Reason.VALUE_TOO_LONG, "Body {{1}}"): ["endless"],
    }
    assert (found.total, found.expected, found.is_sample) == (3, 4, False)


def test_of_two_with_one_phone_the_one_that_would_get_it_is_looked_at(campaign: Campaign) -> None:
    person(campaign.project, "first", city="Pune")
    first = campaign.project.profiles.get()
    ProfileFactory.create(project=campaign.project, phone=first.phone, identity="second")

    assert (tried(campaign).looked_at, tried(campaign).left_out) == (1, [])


def test_only_the_chosen_audience_is_looked_at(campaign: Campaign) -> None:
    person(campaign.project, "outside")
    chosen = CustomListFactory.create(project=campaign.project)
    ListMemberFactory.create(custom_list=chosen, profile__properties={"city": "Pune"})
    campaign.audience = Audience.SOME
    choose(campaign, [chosen])

    assert (tried(campaign).looked_at, tried(campaign).left_out) == (1, [])


def test_texts_that_are_the_same_for_everybody_need_no_look(campaign: Campaign) -> None:
    person(campaign.project, "lacking")
    campaign.variants.update(values={"body.1": {"text": "friend", "fallback": ""}})

    assert tried(campaign).left_out == []


def test_of_a_large_audience_a_sample_tells_about_how_many(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        person(campaign.project, f"person-{number}", **({} if number % 3 else {"city": "Pune"}))
    monkeypatch.setattr(dry_running, "EXACT", 10)

    found = tried(campaign, expected=30_000)

    assert found.is_sample
    assert 0 < found.looked_at <= 30
    assert found.total == pytest.approx(20_000, rel=0.5)


def test_the_last_page_names_them(campaign: Campaign, marketer: Client) -> None:
    person(campaign.project, "Meera")

    reach = marketer.get(page(campaign, "publish/reach")).content.decode()
    values = marketer.get(page(campaign, "publish/values")).content.decode()

    assert f'hx-get="{page(campaign, "publish/values")}"' in reach
    text = " ".join(values.split())
    lacking = campaign.project.profiles.get()
    assert "1 of these 1 would be left out" in text
    assert f'<a href="/campaigns/profile/{lacking.pk}/change/">' in text
