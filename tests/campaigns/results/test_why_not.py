"""Why somebody did not get a campaign, in one sentence, whatever came in between."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import CampaignStatus, Message, Profile, Reason, Run, RunStatus, State
from campaigns.results.why_not import LATER, NEVER, why_not
from providers.models import Project
from tests.factories import CampaignFactory, CustomListFactory, MessageFactory, ProfileFactory
from tests.factories import RunFactory as RunRows

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(project: Project) -> Profile:
    profile: Profile = ProfileFactory.create(project=project)
    return profile


@pytest.fixture
def run(project: Project, person: Profile) -> Run:
    vip = CustomListFactory.create(project=project, name="VIP")
    campaign = CampaignFactory.create(project=project, to=[vip], status=CampaignStatus.RUNNING)
    run: Run = RunRows.create(campaign=campaign, last_profile_id=person.pk)
    return run


@pytest.mark.parametrize(
    ("state", "reason", "code", "words"),
    [
        (State.QUEUED, "", "", "It waits for its turn to be sent to them."),
        (State.READ, "", "", "They got it and viewed it."),
        (State.SUPPRESSED, Reason.NO_PHONE, "", "No phone number."),
        (
            State.SUPPRESSED,
            Reason.MISSING_VALUE,
            "",
            "A placeholder would have been empty for them.",
        ),
        (State.UNKNOWN, Reason.UNKNOWN, "", "Gupshup gave no answer and no report came"),
        (State.FAILED, Reason.REPORTED, "003", ""),
    ],
)
def test_of_a_message_its_state_or_its_reason(
    person: Profile, run: Run, state: State, reason: str, code: str, words: str
) -> None:
    message: Message = MessageFactory.create(
        run=run, profile=person, state=state, reason=reason, code=code
    )
    answer = why_not(person, run.campaign)
    assert answer.message == message
    assert answer.words.startswith(words)
    assert len(answer.words) > 5


def test_the_newest_run_counts(person: Profile, run: Run) -> None:
    MessageFactory.create(run=run, profile=person, state=State.FAILED, reason=Reason.REPORTED)
    again = RunRows.create(campaign=run.campaign, number=2, last_profile_id=person.pk)
    MessageFactory.create(run=again, profile=person, state=State.DELIVERED)
    assert why_not(person, run.campaign).words.startswith("They got it.")


def test_who_has_no_message_was_not_chosen_and_is_told_why(
    project: Project, person: Profile, run: Run, marketer: Client
) -> None:
    draft = CampaignFactory.create(project=project)
    assert why_not(person, draft).words == "It is a draft. Nobody has got it."
    draft.status = CampaignStatus.STOPPED
    assert why_not(person, draft).words == NEVER
    assert "being decided" not in why_not(person, run.campaign).words
    told = why_not(person, run.campaign).words
    assert told.endswith("It was for the list “VIP”.")
    assert why_not(ProfileFactory.create(project=project), run.campaign).words == LATER
    Run.objects.update(status=RunStatus.LAUNCHING)
    assert "being decided" in why_not(person, run.campaign).words

    page = reverse("admin:campaigns_profile_why_not", args=[person.pk])
    Run.objects.update(status=RunStatus.SENDING)
    shown = marketer.get(page, {"campaign": run.campaign_id}).content.decode()
    assert "It was for the list “VIP”." in shown
    elsewhere = CampaignFactory.create()
    for asked in ("", "x", elsewhere.pk):
        assert marketer.get(page, {"campaign": asked}).content.strip() == b""
