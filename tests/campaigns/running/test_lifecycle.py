"""The moves of a campaign between its statuses."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.gates.trial_mode import TIME_CAME, WILL_WAIT, drops_for_trial, waits_for_trial
from campaigns.models import Audience, Campaign, CampaignStatus, Reason, Run, State
from campaigns.planning.preflight import findings, variants_of
from campaigns.planning.targeting import forecast
from campaigns.running.launching import launch
from campaigns.running.lifecycle import (
    LifecycleError,
    pause,
    pause_all,
    problems_of,
    publish,
    resume,
    start_scheduled,
    stop,
    unschedule,
)
from campaigns.sending.reconciling import reconcile
from providers.models import Project, Provider, User
from providers.watch.actors import SYSTEM, Actor
from templates_app.models import Status
from tests.campaigns.drafts import ready
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateVersionFactory,
    UserFactory,
    VariantFactory,
)

S = CampaignStatus


@pytest.fixture
def asha(db: None) -> User:
    return UserFactory.create(username="asha")


@pytest.fixture
def draft(project: Project) -> Campaign:
    return ready(project)


def told(campaign: Campaign) -> dict[str, Any]:
    campaign.refresh_from_db()
    return {"status": campaign.status, "reason": campaign.status_reason}


# Publishing ---------------------------------------------------------------------------------------


def test_publishing_a_draft_opens_its_run(draft: Campaign, asha: User) -> None:
    publish(draft, by=Actor(asha))
    assert told(draft) == {"status": S.LAUNCHING, "reason": ""}
    assert (draft.published_by, draft.published_at is not None) == (asha, True)
    assert list(Run.objects.values_list("campaign", "number")) == [(draft.pk, 1)]


def test_a_later_time_schedules_it(draft: Campaign, asha: User) -> None:
    draft.starts_at = timezone.now() + timedelta(hours=1)
    draft.save()
    publish(draft, by=Actor(asha))
    assert (told(draft)["status"], Run.objects.count()) == (S.SCHEDULED, 0)


def test_a_time_that_has_passed_is_refused(draft: Campaign, asha: User) -> None:
    draft.starts_at = timezone.now() - timedelta(hours=1)
    draft.save()
    with pytest.raises(LifecycleError) as refused:
        publish(draft, by=Actor(asha))
    assert str(refused.value) == (
        "That time has passed. Choose a later one, or let the campaign go out as soon as it is "
        "published."
    )
    assert (told(draft)["status"], Run.objects.count()) == (S.DRAFT, 0)


def test_nobody_is_chosen_until_somebody_chooses(draft: Campaign, asha: User) -> None:
    draft.audience = Audience.NOT_CHOSEN
    draft.save()
    with pytest.raises(LifecycleError) as refused:
        publish(draft, by=Actor(asha))
    assert str(refused.value) == "Choose who gets it."
    assert forecast(draft).total == 0


def test_of_two_people_who_publish_one_wins(draft: Campaign, asha: User) -> None:
    theirs = Campaign.objects.get(pk=draft.pk)
    publish(draft, by=Actor(asha))
    with pytest.raises(LifecycleError) as refused:
        publish(theirs, by=Actor(asha))
    assert str(refused.value) == "This campaign is launching already."
    assert Run.objects.count() == 1


def test_what_is_missing_is_told_all_at_once(project: Project, asha: User) -> None:
    campaign = CampaignFactory.create(project=project, audience=Audience.SOME)
    with pytest.raises(LifecycleError) as refused:
        publish(campaign, by=Actor(asha))
    assert str(refused.value) == (
        "Connect Gupshup first: Settings › Channels › WhatsApp › WhatsApp Connect. "
        "Choose the segments and lists to send to. Choose a template."
    )
    assert told(campaign)["status"] == S.DRAFT


# At its time --------------------------------------------------------------------------------------


def test_a_scheduled_campaign_starts(draft: Campaign) -> None:
    Campaign.objects.update(status=S.SCHEDULED)
    start_scheduled(draft)
    assert (told(draft)["status"], Run.objects.count()) == (S.LAUNCHING, 1)


def test_a_scheduled_campaign_whose_template_was_paused_fails_with_the_reason(
    draft: Campaign,
) -> None:
    Campaign.objects.update(status=S.SCHEDULED)
    template = draft.variants.get().version.template
    template.status = Status.PAUSED
    template.save()

    start_scheduled(draft)

    assert told(draft) == {
        "status": S.FAILED,
        "reason": f"The template “{template}” is paused; only an approved one can be sent.",
    }
    assert (draft.finished_at is not None, Run.objects.count()) == (True, 0)


def test_a_scheduled_campaign_that_was_stopped_does_not_start(draft: Campaign) -> None:
    Campaign.objects.update(status=S.STOPPED)
    with pytest.raises(LifecycleError):
        start_scheduled(draft)
    assert (told(draft)["status"], Run.objects.count()) == (S.STOPPED, 0)


# Pause, resume, stop ------------------------------------------------------------------------------

ALLOWED = {
    pause: ({S.LAUNCHING, S.RUNNING}, S.PAUSED),
    resume: ({S.PAUSED}, S.RUNNING),
    unschedule: ({S.SCHEDULED}, S.DRAFT),
    stop: ({S.SCHEDULED, S.LAUNCHING, S.RUNNING, S.PAUSED}, S.STOPPED),
}


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("move", ALLOWED, ids=lambda move: move.__name__)
def test_each_move_is_made_from_its_statuses_alone(
    move: Any, status: CampaignStatus, project: Project
) -> None:
    campaign = CampaignFactory.create(project=project, status=status)
    sources, target = ALLOWED[move]
    if status in sources:
        move(campaign, by=SYSTEM)
        assert told(campaign)["status"] == target
        return
    with pytest.raises(LifecycleError) as refused:
        move(campaign, by=SYSTEM)
    assert told(campaign)["status"] == status
    is_now = "already" if status == target else f"now, so it can't become {target.label.lower()}"
    assert str(refused.value) == f"This campaign is {status.label.lower()} {is_now}."


@pytest.mark.parametrize(
    ("first", "second", "told_second"),
    [
        (pause, pause, "This campaign is paused already. Paused by asha."),
        (stop, stop, "This campaign is stopped already. Stopped by asha."),
        (stop, pause, "This campaign is stopped now, so it can't become paused. Stopped by asha."),
    ],
)
def test_of_two_who_click_at_once_the_second_learns_who_was_first(
    first: Any, second: Any, told_second: str, project: Project, asha: User
) -> None:
    campaign = CampaignFactory.create(project=project, status=S.RUNNING)
    first(Campaign.objects.get(pk=campaign.pk), by=Actor(asha))

    with pytest.raises(LifecycleError) as refused:
        second(campaign, by=SYSTEM)

    assert str(refused.value) == told_second


def test_a_pause_keeps_its_reason_until_it_is_resumed(project: Project) -> None:
    campaign = CampaignFactory.create(project=project, status=S.RUNNING)
    pause(campaign, reason="Too many complaints.", by=SYSTEM)
    paused = told(campaign)
    resume(campaign, by=SYSTEM)
    assert (paused, told(campaign)) == (
        {"status": S.PAUSED, "reason": "Too many complaints."},
        {"status": S.RUNNING, "reason": ""},
    )


def test_a_refused_account_pauses_the_running_campaigns_of_its_project(project: Project) -> None:
    mine = [CampaignFactory.create(project=project, status=status) for status in S]
    theirs = CampaignFactory.create(project=ProjectFactory.create(), status=S.RUNNING)

    paused = pause_all(project.pk, reason="Wrong password.")

    changed = [campaign for campaign in mine if told(campaign)["status"] != campaign.status]
    assert (paused, changed, told(theirs)["status"]) == (2, [], S.RUNNING)
    assert {c.name for c in Campaign.objects.filter(status_reason="Wrong password.")} == {
        mine[S.values.index(going)].name for going in (S.LAUNCHING, S.RUNNING)
    }


# What keeps it from going out ---------------------------------------------------------------------


def test_a_whole_draft_has_no_problems(draft: Campaign) -> None:
    assert problems_of(draft) == []


def test_a_missing_value_is_a_problem_a_missing_fallback_is_not(project: Project) -> None:
    ProviderFactory.create(project=project)
    campaign = CampaignFactory.create(project=project)
    variant = VariantFactory.create(campaign=campaign, values={})
    without = problems_of(campaign)
    variant.values = {"body.1": {"text": "{{ profile.name }}", "fallback": ""}}
    variant.save()
    assert (without, problems_of(campaign)) == (["Body {{1}}: fill this in."], [])


def test_a_wording_that_was_changed_since_has_to_be_looked_at(draft: Campaign) -> None:
    template = draft.variants.get().version.template
    template.current = TemplateVersionFactory.create(template=template)
    template.save()
    assert problems_of(draft) == [
        (
            f"The wording of the template “{template}” was changed after this campaign was saved. "
            "Look at the preview and save the campaign again."
        )
    ]


# Beside a launch ----------------------------------------------------------------------------------


def test_a_campaign_that_is_paused_while_it_gets_ready_stays_paused(
    draft: Campaign, asha: User
) -> None:
    publish(draft, by=Actor(asha))
    pause(draft, reason="Paused by Asha.", by=SYSTEM)

    launch(draft.runs.get().pk)

    assert told(draft) == {"status": S.PAUSED, "reason": "Paused by Asha."}
    resume(draft, by=SYSTEM)
    assert told(draft) == {"status": S.RUNNING, "reason": ""}


def test_resumed_before_it_is_ready_it_goes_on_getting_ready(draft: Campaign, asha: User) -> None:
    publish(draft, by=Actor(asha))
    pause(draft, by=SYSTEM)

    resume(draft, by=SYSTEM)

    assert told(draft)["status"] == S.LAUNCHING
    launch(draft.runs.get().pk)
    assert told(draft)["status"] == S.RUNNING


# Times that can't be ------------------------------------------------------------------------------

ALL_DAY = {"quiet_from": time(0), "quiet_until": time(23, 59, 59)}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ends_at": timezone.now() + timedelta(days=9)}, []),
        (
            {"ends_at": timezone.now() - timedelta(days=9)},
            ["It would end before it starts. Choose a later end, or none."],
        ),
        ({"quiet_from": time(9)}, ["Quiet hours need a beginning and an end, or neither."]),
        (
            {"quiet_from": time(9), "quiet_until": time(9)},
            ["Quiet hours can't end when they begin."],
        ),
        (
            {**ALL_DAY, "quiet_action": "discard"},
            [
                (
                    "It would start in its quiet hours, and what comes up in them is not sent: "
                    "nobody would get it. Choose another time, or let messages wait."
                )
            ],
        ),
        (ALL_DAY, []),
        (
            {**ALL_DAY, "ends_at": timedelta(seconds=40)},
            [
                (
                    "It starts in its quiet hours, and its end or cut-off comes before they are "
                    "over: nobody would get it. Choose another time."
                )
            ],
        ),
    ],
)
def test_times_that_would_reach_nobody_are_problems(
    draft: Campaign, fields: dict[str, Any], expected: list[str]
) -> None:
    for name, value in fields.items():
        setattr(draft, name, timezone.now() + value if isinstance(value, timedelta) else value)

    assert problems_of(draft) == expected


# Trial mode ---------------------------------------------------------------------------------------


@pytest.fixture
def scheduled_on_trial(draft: Campaign, asha: User) -> Campaign:
    """Published for later while trial mode was on; its time has come, and it is not over."""
    Provider.objects.update(trial_ended_at=None)
    ProfileFactory.create(project=draft.project)
    draft.starts_at = timezone.now() + timedelta(hours=1)
    draft.save()
    publish(draft, by=Actor(asha))
    Campaign.objects.update(
        starts_at=timezone.now() - timedelta(minutes=1),
        published_at=timezone.now() - timedelta(hours=1),
    )
    draft.refresh_from_db()
    return draft


def test_a_scheduled_campaign_whose_time_comes_on_trial_waits_and_drops_nobody(
    scheduled_on_trial: Campaign,
) -> None:
    campaign = scheduled_on_trial

    reconcile()
    run = campaign.runs.get()
    launch(run.pk)
    reconcile()

    assert told(campaign) == {"status": S.PAUSED, "reason": TIME_CAME}
    assert {m.state for m in run.messages.all()} == {State.QUEUED}
    with pytest.raises(LifecycleError, match="Trial mode is still on"):
        resume(campaign, by=SYSTEM)
    assert told(campaign)["status"] == S.PAUSED

    Provider.objects.update(trial_ended_at=timezone.now())
    resume(campaign, by=SYSTEM)
    reconcile()
    assert told(campaign) == {"status": S.RUNNING, "reason": ""}


def test_publishing_for_later_on_trial_says_beforehand_that_it_waits(draft: Campaign) -> None:
    Provider.objects.update(trial_ended_at=None)
    draft.starts_at = timezone.now() + timedelta(hours=1)

    found = findings(draft, variants_of(draft))
    assert [(finding.message, finding.blocks) for finding in found] == [(WILL_WAIT, False)]

    draft.starts_at = None
    assert findings(draft, variants_of(draft)) == []


def test_a_second_try_on_a_new_connections_trial_drops_nobody(draft: Campaign) -> None:
    """A retry is possible once only: it must not be used up by people who are left out."""
    Campaign.objects.update(published_at=timezone.now() - timedelta(days=1))
    Provider.objects.update(trial_ended_at=None, credentials_changed_at=timezone.now())
    draft.refresh_from_db()
    ProfileFactory.create(project=draft.project)

    assert (drops_for_trial(draft), waits_for_trial(draft)) == (False, True)
    assert Reason.TRIAL_MODE not in forecast(draft).dropped
