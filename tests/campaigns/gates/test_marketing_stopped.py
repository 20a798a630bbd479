"""Who stopped marketing in WhatsApp gets no marketing, and everything else as before."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.audience.subscriptions import MarketingWish, set_marketing
from campaigns.models import (
    Campaign,
    PhoneBlock,
    Profile,
    Reason,
    Source,
    State,
    SubscriptionChange,
)
from campaigns.planning.targeting import forecast
from providers.models import Project
from templates_app.models import Category, Template
from tests.campaigns.drafts import ready
from tests.campaigns.gates.test_registry import claim, launched, outcomes
from tests.factories import TemplateFactory, VariantFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def wish(person: Profile, *, stopped: bool = True, at: datetime = NOW) -> None:
    set_marketing(
        [
            MarketingWish(
                project_id=person.project_id,
                match_key=person.match_key or 0,
                stopped=stopped,
                at=at,
            )
        ]
    )


@pytest.fixture
def campaign(project: Project) -> Campaign:
    return ready(project, people=2)


@pytest.fixture
def asha(campaign: Campaign) -> Profile:
    return Profile.objects.earliest("pk")


def become(category: Category) -> None:
    Template.objects.update(category=category)


def test_marketing_leaves_them_out_and_utility_does_not(campaign: Campaign, asha: Profile) -> None:
    wish(asha)
    assert forecast(campaign).dropped == {Reason.MARKETING_STOPPED: 1}
    become(Category.UTILITY)
    assert forecast(campaign).dropped == {}

    run = launched(campaign)

    assert len(claim()) == 2
    assert outcomes(run) == {"queued": 2}


def test_the_templates_category_of_now_counts_when_it_would_leave(
    campaign: Campaign, asha: Profile
) -> None:
    become(Category.UTILITY)
    run = launched(campaign)
    wish(asha)
    become(Category.MARKETING)

    assert asha.phone not in {one.phone for one in claim()}
    assert outcomes(run) == {"queued": 1, "suppressed": 1, "suppressed:marketing_stopped": 1}


def test_of_several_variants_each_message_is_asked_by_its_own(project: Project) -> None:
    campaign = ready(project, people=6)
    utility = TemplateFactory.create(project=project, category=Category.UTILITY)
    VariantFactory.create(campaign=campaign, position=1, version=utility.current)
    for person in Profile.objects.all():
        wish(person)

    run = launched(campaign)

    reached = run.messages.filter(variant__version__template=utility)
    assert {one.phone for one in claim()} == set(reached.values_list("phone", flat=True))
    assert run.messages.filter(state=State.QUEUED).count() == reached.count()


def test_the_last_word_counts_in_whatever_order_it_comes(asha: Profile) -> None:
    for stopped, minutes in ((True, 0), (True, 10), (False, 5), (True, 10), (False, 20), (True, 1)):
        wish(asha, stopped=stopped, at=NOW + timedelta(minutes=minutes))

    block = PhoneBlock.objects.get()
    assert (block.marketing_stopped, block.blocked) == (False, False)
    changes = SubscriptionChange.objects.order_by("at").values_list("flag", "value", "source")
    assert list(changes) == [
        (SubscriptionChange.Flag.NO_MARKETING, True, Source.WHATSAPP),
        (SubscriptionChange.Flag.NO_MARKETING, False, Source.WHATSAPP),
    ]


def test_a_resume_lifts_nobodys_own_stop(asha: Profile) -> None:
    PhoneBlock.objects.create(
        project=asha.project,
        match_key=asha.match_key or 0,
        blocked=True,
        own_word=True,
        source=Source.KEYWORD,
    )
    wish(asha, stopped=True)
    wish(asha, stopped=False, at=NOW + timedelta(minutes=1))

    block = PhoneBlock.objects.get()
    assert (block.blocked, block.own_word, block.marketing_stopped) == (True, True, False)
