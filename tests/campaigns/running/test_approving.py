"""Who may let a campaign go out, when, and what becomes of it then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Approval, Campaign, CampaignStatus, Outcome, Run, Variant
from campaigns.planning import drafting
from campaigns.planning.approvals import NOBODY_ELSE, OWN, Step, next_step, waiting_for
from campaigns.planning.drafting import DraftError, Written, discard, save_draft
from campaigns.running import lifecycle
from campaigns.running.approving import (
    NEEDS_NONE,
    NO_WORD,
    approve,
    ask_for_approval,
    return_to_author,
    take_back,
)
from campaigns.running.archiving import archive
from campaigns.running.lifecycle import LifecycleError, publish, unschedule
from campaigns.running.versions import take_up_versions
from providers.models import Membership, Project, Role, User
from providers.watch.actors import SYSTEM, Actor
from templates_app.keeping.statuses import set_status
from templates_app.models import Status
from tests.campaigns import living, recurring
from tests.campaigns.approvals import asked, team
from tests.campaigns.drafts import ready
from tests.factories import CampaignFactory, UserFactory, VariantFactory

pytestmark = pytest.mark.django_db

S = CampaignStatus


@pytest.fixture
def pair(project: Project) -> tuple[User, User]:
    asha, ravi = team(project, "Asha", "Ravi")
    return asha, ravi


def status(campaign: Campaign) -> str:
    return Campaign.objects.values_list("status", flat=True).get(pk=campaign.pk)


def refused(act: Callable[..., Any], *args: Any, **more: Any) -> str:
    with pytest.raises((LifecycleError, DraftError)) as caught:
        act(*args, **more)
    return str(caught.value)


def story(campaign: Campaign) -> list[tuple[str, str, str]]:
    """Of each asking: who asked, what became of it, and the word."""
    rows = Approval.objects.filter(campaign=campaign).order_by("pk")
    return [(each.asked_by.first_name, each.outcome, each.word) for each in rows if each.asked_by]


def test_another_one_approves_and_it_goes_out(project: Project, pair: tuple[User, User]) -> None:
    asha, ravi = pair
    campaign = asked(project, asha)
    assert (status(campaign), Run.objects.count()) == (S.AWAITING, 0)

    approve(campaign, by=Actor(ravi))

    campaign.refresh_from_db()
    assert (campaign.status, campaign.published_by, Run.objects.count()) == (S.LAUNCHING, ravi, 1)
    assert story(campaign) == [("Asha", Outcome.APPROVED, "")]


def test_what_is_returned_is_a_draft_that_says_why_and_can_be_asked_for_again(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    campaign = asked(project, asha)

    return_to_author(campaign, word="  Name the shop.\r\nAnd the day.\0 ", by=Actor(ravi))
    assert status(campaign) == S.DRAFT
    ask_for_approval(campaign, by=Actor(asha))
    approve(campaign, by=Actor(ravi))

    assert story(campaign) == [
        ("Asha", Outcome.RETURNED, "Name the shop.\nAnd the day."),
        ("Asha", Outcome.APPROVED, ""),
    ]


def test_nobody_publishes_without_and_the_author_decides_nothing(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, _ravi = pair
    campaign = ready(project)
    assert refused(publish, campaign, by=Actor(asha)) == lifecycle.NEEDS_APPROVAL
    ask_for_approval(campaign, by=Actor(asha))

    assert refused(publish, campaign, by=Actor(asha)) == lifecycle.NEEDS_APPROVAL
    assert refused(approve, campaign, by=Actor(asha)) == OWN
    assert refused(return_to_author, campaign, word="No.", by=Actor(asha)) == OWN
    assert refused(approve, campaign, by=SYSTEM) == OWN
    assert (status(campaign), Run.objects.count()) == (S.AWAITING, 0)


def test_asked_twice_decided_twice_or_decided_without_being_asked(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    never = ready(project)
    told = refused(approve, never, by=Actor(ravi))
    assert told == "This campaign doesn't wait for approval: it is draft now."
    campaign = CampaignFactory.create(project=project)
    VariantFactory.create(campaign=campaign)
    ask_for_approval(campaign, by=Actor(asha))
    told = refused(ask_for_approval, campaign, by=Actor(asha))
    assert told == "This campaign is awaiting approval already."

    approve(campaign, by=Actor(ravi))

    assert refused(approve, campaign, by=Actor(ravi)) == "Ravi has approved it."
    assert refused(return_to_author, campaign, word="No.", by=Actor(ravi)) == (
        "Ravi has approved it."
    )
    assert refused(take_back, campaign, by=Actor(asha)) == "Ravi has approved it."
    assert Run.objects.count() == 1


def test_whoever_returned_or_took_it_back_first_is_named(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    campaign = asked(project, asha)
    return_to_author(campaign, word="Shorter.", by=Actor(ravi))
    assert refused(approve, campaign, by=Actor(ravi)) == "Ravi has returned it: “Shorter.”"

    ask_for_approval(campaign, by=Actor(asha))
    take_back(campaign, by=Actor(asha))
    told = "Asha has taken it back to change it, so it is a draft again."
    assert refused(approve, campaign, by=Actor(ravi)) == told
    assert refused(return_to_author, campaign, word="No.", by=Actor(ravi)) == told


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("", NO_WORD),
        (" \n\0\t ", NO_WORD),
        ("x" * 501, "Your word has 501 characters. It may have 500 at most."),
    ],
    ids=["empty", "blank", "too long"],
)
def test_a_word_that_says_nothing_or_too_much_returns_nothing(
    project: Project, pair: tuple[User, User], word: str, told: str
) -> None:
    asha, ravi = pair
    campaign = asked(project, asha)
    assert refused(return_to_author, campaign, word=word, by=Actor(ravi)) == told
    assert status(campaign) == S.AWAITING


def test_a_time_that_has_passed_meanwhile_is_refused(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    campaign = asked(project, asha, starts_at=timezone.now() + timedelta(days=1))
    Campaign.objects.update(starts_at=timezone.now() - timedelta(minutes=1))
    campaign.refresh_from_db()

    assert refused(approve, campaign, by=Actor(ravi)).startswith("That time has passed.")
    return_to_author(campaign, word="Choose another day.", by=Actor(ravi))
    assert status(campaign) == S.DRAFT


def test_at_a_set_time_it_is_scheduled_and_a_draft_of_it_needs_approval_again(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    campaign = asked(project, asha, starts_at=timezone.now() + timedelta(days=1))
    approve(campaign, by=Actor(ravi))
    assert status(campaign) == S.SCHEDULED

    unschedule(campaign, by=Actor(asha))
    assert refused(publish, campaign, by=Actor(asha)) == lifecycle.NEEDS_APPROVAL
    assert "it is draft now" in refused(approve, campaign, by=Actor(ravi))


def test_a_template_that_meta_paused_meanwhile_blocks_it(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    campaign = asked(project, asha)
    set_status(campaign.variants.get().version.template, Status.PAUSED, by=SYSTEM)
    assert "only an approved one can be sent" in refused(approve, campaign, by=Actor(ravi))
    assert status(campaign) == S.AWAITING


def test_saving_takes_it_back_and_says_so(project: Project, pair: tuple[User, User]) -> None:
    asha, ravi = pair
    campaign = asked(project, asha)
    template = campaign.variants.get().version.template
    written = Written(template=template, values={"body.1": {"text": "Now", "fallback": ""}})

    assert save_draft(campaign, variants=[written], by=Actor(asha)) is True

    assert (status(campaign), Variant.objects.get().values["body.1"]["text"]) == (S.DRAFT, "Now")
    assert story(campaign) == [("Asha", Outcome.TAKEN_BACK, "")]
    assert save_draft(campaign, variants=[written], by=Actor(asha)) is False
    assert "taken it back" in refused(approve, campaign, by=Actor(ravi))


def test_what_waits_is_neither_deleted_nor_archived_and_a_clone_is_a_draft(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, _ravi = pair
    campaign = asked(project, asha)
    mine = Campaign.objects.filter(pk=campaign.pk)

    copy = drafting.clone(campaign, by=Actor(asha))

    assert (copy.status, copy.approvals.count()) == (S.DRAFT, 0)
    assert "waits for approval" in refused(discard, campaign, by=Actor(asha))
    assert archive(project, mine, by=Actor(asha)) == 0
    take_back(campaign, by=Actor(asha))
    discard(campaign, by=Actor(asha))
    assert (mine.exists(), Approval.objects.exists()) == (False, False)


def test_switched_off_it_is_published_by_whoever_asked(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, _ravi = pair
    campaign = asked(project, asha)
    Project.objects.update(needs_approval=False)
    other = CampaignFactory.create(project=project)
    assert refused(ask_for_approval, other, by=Actor(asha)) == NEEDS_NONE

    assert next_step(campaign, asha) == Step.PUBLISH
    publish(campaign, by=Actor(asha))

    assert status(campaign) == S.LAUNCHING
    assert story(campaign) == [("Asha", Outcome.NOT_NEEDED, "")]


def test_alone_nobody_can_be_asked(project: Project) -> None:
    (asha,) = team(project, "Asha")
    team(project, "Vik", role=Role.VIEWER)
    (gone,) = team(project, "Gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    campaign = ready(project)

    assert next_step(campaign, asha) == Step.ALONE
    assert refused(ask_for_approval, campaign, by=Actor(asha)) == NOBODY_ELSE
    assert status(campaign) == S.DRAFT


def test_an_operator_and_whoever_wrote_the_draft_may_approve_what_another_asks_for(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    operator = UserFactory.create(is_superuser=True)
    campaign = asked(project, asha, created_by=ravi)
    assert [next_step(campaign, one) for one in (asha, ravi, operator)] == [
        Step.WAIT,
        Step.DECIDE,
        Step.DECIDE,
    ]


def test_whose_account_is_gone_blocks_nobody(project: Project, pair: tuple[User, User]) -> None:
    asha, ravi = pair
    campaign = asked(project, asha)
    Membership.objects.filter(user=asha).delete()
    asha.delete()
    assert (waiting_for(ravi, project), next_step(campaign, ravi)) == (1, Step.DECIDE)
    approve(campaign, by=Actor(ravi))
    assert status(campaign) == S.LAUNCHING


def test_a_change_of_one_that_recurs_needs_it_alike(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    campaign = recurring.draft(project)
    ask_for_approval(campaign, by=Actor(asha))
    approve(campaign, by=Actor(ravi))
    assert status(campaign) == S.SCHEDULED
    change = drafting.change(campaign, by=Actor(asha))
    assert refused(publish, change, by=Actor(asha)) == lifecycle.NEEDS_APPROVAL
    ask_for_approval(change, by=Actor(asha))
    assert drafting.change(campaign, by=Actor(ravi)) == change
    take_up_versions()
    assert status(change) == S.AWAITING

    approve(change, by=Actor(ravi))
    take_up_versions()

    assert (status(campaign), status(change)) == (S.SCHEDULED, S.COMPLETED)
    newer = Approval.objects.order_by("-pk").first()
    assert newer is not None
    assert newer.campaign == campaign  # what it says now was approved by that


def test_a_live_one_looks_forward_from_its_approval(
    project: Project, pair: tuple[User, User]
) -> None:
    asha, ravi = pair
    campaign = living.draft(project)
    assert refused(publish, campaign, by=Actor(asha)) == lifecycle.NEEDS_APPROVAL
    ask_for_approval(campaign, by=Actor(asha))
    assert campaign.awaited is None

    approve(campaign, by=Actor(ravi))

    campaign.refresh_from_db()
    assert (campaign.status, campaign.awaited is not None) == (S.RUNNING, True)
