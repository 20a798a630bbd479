"""The pages on which somebody asks for an approval, and another one gives or refuses it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Approval, Campaign, CampaignStatus, Outcome, UnsavedDraft
from campaigns.planning.approvals import BACK_TO_DRAFT, NOBODY_ELSE, OWN
from campaigns.running.approving import return_to_author, take_back
from campaigns.running.lifecycle import NEEDS_APPROVAL
from config.console.waiting_for_you import waiting_for_you
from providers.models import AuditEntry, Membership, Project, User
from providers.watch.actors import Actor
from tests.campaigns import recurring
from tests.campaigns.approvals import asked, click, last_page, signed_in, team
from tests.campaigns.drafts import LIST, page, ready, written

pytestmark = pytest.mark.django_db
S = CampaignStatus
KEEP = "/campaigns/campaign/parts/keep/"


@pytest.fixture
def asha(project: Project) -> User:
    return team(project, "Asha")[0]


@pytest.fixture
def ravi(project: Project) -> User:
    return team(project, "Ravi")[0]


def status(campaign: Campaign) -> str:
    return Campaign.objects.values_list("status", flat=True).get(pk=campaign.pk)


def said(client: Client, campaign: Campaign, part: str, **form: str) -> list[str]:
    answer = client.post(page(campaign, part), form, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_from_the_asking_to_the_approval(project: Project, asha: User, ravi: User) -> None:
    campaign = ready(project, people=3)
    author, approver = signed_in(asha), signed_in(ravi)
    shown = last_page(author, campaign)
    assert "Ask for approval" in shown
    assert "<strong>As soon as it is approved</strong>, <strong>3 people get</strong>" in shown
    assert "Publish now" not in shown

    assert click(author, campaign, "ask") == [
        f"“{campaign}” waits for approval. You get a mail when somebody has decided."
    ]

    waits = last_page(author, campaign)
    assert "somebody else gives it: Ravi." in waits
    assert "Approve and publish now" not in waits
    seen = last_page(approver, campaign)
    assert "<strong>Asha</strong> asked for this approval" in seen
    assert "Approve and publish now" in seen
    assert "What has to change?" in seen
    assert click(approver, campaign, "approve") == [f"“{campaign}” is approved and published."]
    assert status(campaign) == S.LAUNCHING
    told = approver.get(page(campaign)).text
    assert "Asha asked on" in told
    assert "Ravi has approved it." in told
    assert "Approved by Ravi" in approver.get(LIST).text


def test_a_returned_one_shows_its_word_in_the_form_and_in_the_list(
    project: Project, asha: User, ravi: User
) -> None:
    campaign = asked(project, asha)
    word = "Name <b>the</b> shop."
    answered = said(signed_in(ravi), campaign, "publish/return", word=word)
    assert answered == [f"“{campaign}” is a draft again, with your word."]
    author = signed_in(asha)
    for text in (author.get(page(campaign)).text, author.get(LIST).text):
        assert "returned it" in text
        assert "Name &lt;b&gt;the&lt;/b&gt; shop." in text


def test_nobody_gets_around_it_by_a_form(project: Project, asha: User, ravi: User) -> None:
    campaign = asked(project, asha)
    author = signed_in(asha)
    assert click(author, campaign, "") == [NEEDS_APPROVAL]
    assert click(author, campaign, "approve") == [OWN]
    assert said(author, campaign, "publish/return", word="x") == [OWN]
    assert said(signed_in(ravi), campaign, "publish/approve", seen="\0" * 9) == [
        "Somebody has changed this campaign since you opened this page. Please look at it again."
    ]
    assert status(campaign) == S.AWAITING


def test_who_is_no_member_any_more_approves_nothing(
    project: Project, asha: User, ravi: User
) -> None:
    campaign, approver = asked(project, asha), signed_in(ravi)
    seen = approver.get(page(campaign, "publish/reach")).context["seen"]
    Membership.objects.filter(user=ravi).delete()
    answer = approver.post(page(campaign, "publish/approve"), {"seen": seen})
    assert (answer.status_code in (302, 403, 404), status(campaign)) == (True, S.AWAITING)
    assert NOBODY_ELSE.split(".")[0] in last_page(signed_in(asha), campaign)


def test_who_became_a_viewer_approves_nothing(project: Project, asha: User, ravi: User) -> None:
    campaign, approver = asked(project, asha), signed_in(ravi)
    Membership.objects.filter(user=ravi).update(role="viewer")
    codes = [
        approver.post(page(campaign, f"publish/{what}")).status_code
        for what in ("approve", "return", "ask")
    ]
    assert (codes, status(campaign)) == ([403] * 3, S.AWAITING)
    shown = approver.get(page(campaign)).text
    assert "asked for approval on" in shown
    assert "Look at it and decide" not in shown


def test_the_only_member_reads_why_and_what_to_do(project: Project, asha: User) -> None:
    campaign = ready(project)
    shown = last_page(signed_in(asha), campaign)
    assert NOBODY_ELSE in shown
    assert 'action="' + page(campaign, "publish/ask") not in shown
    assert click(signed_in(asha), campaign, "ask") == [NOBODY_ELSE]


def test_a_form_that_was_left_open_takes_it_back(project: Project, asha: User, ravi: User) -> None:
    campaign = asked(project, asha)
    author = signed_in(asha)
    assert "Back to draft" in author.get(page(campaign)).text  # no form
    template = campaign.variants.get().version.template

    answer = author.post(page(campaign), written(template=template, name="Other"), follow=True)

    assert BACK_TO_DRAFT in [str(message) for message in answer.context["messages"]]
    assert (status(campaign), Approval.objects.get().outcome) == (S.DRAFT, Outcome.TAKEN_BACK)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.note) == ("campaign.changed", BACK_TO_DRAFT)
    told = said(signed_in(ravi), campaign, "publish/approve", seen="x")
    assert len(told) == 1
    assert status(campaign) == S.DRAFT


def test_typing_takes_it_back_and_looking_does_not(
    project: Project, asha: User, ravi: User
) -> None:
    campaign, author = asked(project, asha), signed_in(asha)
    looking = author.post(KEEP, {"draft": campaign.pk})
    assert "It waits for approval: as soon as you change" in looking.text
    assert status(campaign) == S.AWAITING

    typing = author.post(KEEP, written(name="Half a na") | {"draft": campaign.pk})

    assert "is a draft again, since you change it" in typing.text
    assert (status(campaign), UnsavedDraft.objects.get().form is not None) == (S.DRAFT, True)
    campaign.refresh_from_db()
    assert campaign.name != "Half a na"


def test_it_is_taken_back_by_a_button(project: Project, asha: User) -> None:
    team(project, "Ravi")
    campaign, author = asked(project, asha), signed_in(asha)
    assert "Make this a draft again?" in author.get(page(campaign, "take-back")).text
    assert said(author, campaign, "take-back") == ["The campaign is a draft again."]
    assert status(campaign) == S.DRAFT


@pytest.mark.parametrize("what", ["approved", "returned", "taken back"])
def test_whoever_comes_too_late_is_told_by_whom(
    project: Project, asha: User, ravi: User, what: str
) -> None:
    (meera,) = team(project, "Meera")
    campaign, late = asked(project, asha), signed_in(ravi)
    seen = late.get(page(campaign, "publish/reach")).context["seen"]
    told = {
        "approved": "Meera has approved it.",
        "returned": "Meera has returned it: “No.”",
        "taken back": "Meera has taken it back to change it, so it is a draft again.",
    }[what]
    if what == "approved":
        click(signed_in(meera), campaign, "approve")
    elif what == "returned":
        return_to_author(campaign, word="No.", by=Actor(meera))
    else:
        take_back(campaign, by=Actor(meera))
    now = status(campaign)
    assert said(late, campaign, "publish/approve", seen=seen) == [told]
    assert said(late, campaign, "publish/return", word="Too late") == [told]
    assert status(campaign) == now


def test_a_time_that_has_passed_is_said_and_it_can_be_returned(
    project: Project, asha: User, ravi: User
) -> None:
    campaign = asked(project, asha, starts_at=timezone.now() + timedelta(days=1))
    shown = last_page(signed_in(ravi), campaign)
    assert "Approve and schedule" in shown
    Campaign.objects.update(starts_at=timezone.now() - timedelta(minutes=1))
    shown = last_page(signed_in(ravi), campaign)
    assert "That time has passed." in shown
    assert "What has to change?" in shown
    assert "Approve and" not in shown


def test_switched_off_whoever_asked_publishes_it(project: Project, asha: User, ravi: User) -> None:
    campaign, author = asked(project, asha), signed_in(asha)
    Project.objects.update(needs_approval=False)
    assert "need no approval any more" in author.get(page(campaign)).text
    assert "Publish now" in last_page(author, campaign)
    assert click(author, campaign, "") == [f"“{campaign}” is published."]
    assert status(campaign) == S.LAUNCHING


def test_home_says_how_many_wait_for_whom(project: Project, asha: User, ravi: User) -> None:
    asked(project, asha)
    change = recurring.draft(project, version_of=recurring.standing(project))
    Campaign.objects.filter(pk=change.pk).update(status=S.AWAITING)
    Approval.objects.create(campaign=change, asked_by=ravi)
    words = [
        [one.words for one in waiting_for_you(project, approver=who) if "approval" in one.words]
        for who in (asha, ravi, None)
    ]
    assert words == [["1 campaign waits for your approval"]] * 2 + [[]]
    waiting = signed_in(ravi).get(LIST, {"status__exact": "awaiting"}).text
    assert "Asha asked" in waiting
    assert "A change of it. Ravi asked" in waiting


def test_an_admin_switches_it_on_and_the_log_says_so(
    project: Project, project_admin: Client, marketer: Client
) -> None:
    general = "/providers/project/general/"
    form = project_admin.get(general).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    posted = {name: "" if value is None else value for name, value in values.items() if value}
    assert marketer.post(general, posted | {"needs_approval": "on"}).status_code == 403
    project_admin.post(general, posted | {"needs_approval": "on"})
    project.refresh_from_db()
    assert project.needs_approval
    (change,) = AuditEntry.objects.latest("pk").changes
    assert change == {"field": "Campaigns need approval", "old": "False", "new": "True"}
