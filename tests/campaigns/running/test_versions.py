"""A campaign that recurs is changed from its next run on."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus, Run, RunStatus, Variant
from campaigns.planning.drafting import DraftError, change
from campaigns.planning.missed_dates import Outcome
from campaigns.planning.preflight import HAS_TO_RECUR
from campaigns.results.what_was_sent import READ_FIRST, what_was_sent
from campaigns.running.launching import launch
from campaigns.running.lifecycle import LifecycleError, publish, resume, stop, unschedule
from campaigns.running.standing import decide_due_dates
from campaigns.running.versions import OVER, take_up_versions
from campaigns.sending.reconciling import reconcile
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.campaigns.drafts import page
from tests.campaigns.recurring import came, daily, standing
from tests.factories import CustomListFactory

pytestmark = pytest.mark.django_db

S = CampaignStatus
HELLO = {"body.1": {"text": "Hello", "fallback": ""}}


def changed(campaign: Campaign) -> Campaign:
    """Another text, an hour later, half as fast."""
    draft = change(campaign, by=SYSTEM)
    draft.schedule = daily(came(-120), campaign.project.time_zone)
    draft.per_minute = 7
    draft.save()
    draft.variants.update(values=HELLO)
    return draft


def finish(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(status=RunStatus.FINISHED)
    Campaign.objects.filter(pk=run.campaign_id).update(status=S.SCHEDULED)


def says(campaign: Campaign) -> tuple[int | None, list[object]]:
    campaign.refresh_from_db()
    return campaign.per_minute, list(campaign.variants.values_list("values", flat=True))


def test_a_change_is_a_draft_that_says_the_same(project: Project) -> None:
    chosen = CustomListFactory.create(project=project)
    campaign = standing(project, minutes_ago=-30, to=[chosen], per_minute=3)

    draft = change(campaign, by=SYSTEM)

    assert (draft.status, draft.version_of, draft.name) == (S.DRAFT, campaign, campaign.name)
    assert (draft.schedule, says(draft)) == (campaign.schedule, says(campaign))
    assert [part.names for part in draft.all_parts] == [part.names for part in campaign.all_parts]
    assert change(campaign, by=SYSTEM) == draft


def test_published_between_two_runs_it_applies_at_once(project: Project) -> None:
    campaign = standing(project, minutes_ago=-30)
    before = says(campaign)
    draft = changed(campaign)

    publish(draft, by=SYSTEM)
    reconcile()

    assert says(campaign) == (7, [HELLO])
    assert campaign.status == S.SCHEDULED
    assert campaign.next_due_at == came(-120)
    assert (says(draft), draft.status) == (before, S.COMPLETED)
    assert AuditEntry.objects.filter(action="campaign.changed").count() == 1


def test_a_run_that_is_under_way_ends_as_it_was_begun(project: Project) -> None:
    campaign = standing(project)
    decide_due_dates()
    run = campaign.runs.get()
    launch(run.pk)
    before = says(campaign)

    publish(changed(campaign), by=SYSTEM)
    take_up_versions()
    assert says(campaign) == before

    finish(run)
    take_up_versions()

    assert says(campaign) == (7, [HELLO])
    message = run.messages.select_related(*READ_FIRST).first()
    assert message is not None
    assert Variant.objects.get(pk=message.variant_id).values != HELLO
    assert "Hello Asha" in str(what_was_sent([message]))


def test_a_date_that_came_before_the_change_goes_out_as_it_was(project: Project) -> None:
    """Nobody has opened its run yet."""
    campaign = standing(project)
    publish(changed(campaign), by=SYSTEM)

    take_up_versions()
    assert says(campaign)[0] is None
    decide_due_dates()

    assert [run.skipped_because for run in campaign.runs.all()] == [""]
    finish(campaign.runs.get())
    take_up_versions()
    assert says(campaign) == (7, [HELLO])


def test_a_date_that_waits_while_it_is_paused_ends_with_the_change(project: Project) -> None:
    campaign = standing(project, status=S.PAUSED)
    draft = changed(campaign)
    Campaign.objects.filter(pk=draft.pk).update(schedule=campaign.schedule)
    draft.refresh_from_db()
    publish(draft, by=SYSTEM)

    take_up_versions()
    resume(campaign, by=SYSTEM)
    decide_due_dates()

    assert [run.skipped_because for run in campaign.runs.all()] == [Outcome.CHANGED.words]
    assert says(campaign) == (7, [HELLO])
    assert AuditEntry.objects.filter(action="campaign.skipped").count() == 1


def at_noon(project: Project) -> None:
    """There, so that two hours later is the same day."""
    project.time_zone = f"Etc/GMT{timezone.now().hour - 12:+d}"
    project.save()


def test_a_date_that_waits_goes_out_at_its_new_time_of_that_day(project: Project) -> None:
    at_noon(project)
    campaign = standing(project, status=S.PAUSED)
    publish(changed(campaign), by=SYSTEM)

    take_up_versions()

    campaign.refresh_from_db()
    assert (campaign.next_due_at, campaign.runs.count()) == (came(-120), 0)


def test_a_day_that_went_out_does_not_go_out_again_at_its_new_time(project: Project) -> None:
    at_noon(project)
    campaign = standing(project)
    decide_due_dates()
    finish(campaign.runs.get())

    publish(changed(campaign), by=SYSTEM)
    take_up_versions()

    campaign.refresh_from_db()
    assert campaign.next_due_at is not None
    assert campaign.runs.count() == 1
    assert campaign.next_due_at > timezone.now() + timedelta(hours=20)


def test_a_change_has_to_recur_too(project: Project) -> None:
    draft = changed(standing(project, minutes_ago=-30))
    draft.kind, draft.schedule = "once", None
    draft.save()

    with pytest.raises(LifecycleError) as refused:
        publish(draft, by=SYSTEM)
    assert str(refused.value) == HAS_TO_RECUR


def test_a_change_that_waits_can_become_a_draft_again(project: Project) -> None:
    campaign = standing(project)
    decide_due_dates()
    draft = changed(campaign)
    publish(draft, by=SYSTEM)

    unschedule(draft, by=SYSTEM)
    finish(campaign.runs.get())
    take_up_versions()

    assert says(campaign)[0] is None


def test_of_a_campaign_that_is_over_nothing_can_be_changed(project: Project) -> None:
    campaign = standing(project)
    decide_due_dates()
    draft = changed(campaign)
    publish(draft, by=SYSTEM)
    campaign.refresh_from_db()
    stop(campaign, by=SYSTEM)

    take_up_versions()

    draft.refresh_from_db()
    assert (draft.status, draft.status_reason) == (S.STOPPED, OVER)
    with pytest.raises(DraftError, match="Only a campaign that recurs"):
        change(campaign, by=SYSTEM)


def test_a_change_that_leaves_no_date_ends_it(project: Project) -> None:
    campaign = standing(project, minutes_ago=-30)
    draft = change(campaign, by=SYSTEM)
    draft.schedule = daily(came(-1), project.time_zone, times=1)
    draft.save()
    publish(draft, by=SYSTEM)
    Campaign.objects.filter(pk=draft.pk).update(published_at=timezone.now() + timedelta(hours=1))

    reconcile()

    campaign.refresh_from_db()
    reconcile()
    campaign.refresh_from_db()
    assert campaign.status == S.COMPLETED


def test_on_its_page_it_is_changed_and_stays_one_campaign(
    project: Project, marketer: Client
) -> None:
    campaign = standing(project, minutes_ago=-30)

    draft_page = marketer.post(page(campaign, "begin-change"))["Location"]
    draft = campaign.versions.get()
    form = marketer.get(draft_page).content.decode()
    listed = marketer.get("/campaigns/campaign/").content.decode()

    assert draft_page == page(draft)
    assert "This is a change of" in form
    assert page(draft) not in listed
    assert "is being written" in marketer.get(page(campaign)).content.decode()

    seen = marketer.get(page(draft, "publish/reach")).context["seen"]
    response = marketer.post(page(draft, "publish"), {"seen": seen})
    assert response["Location"] == page(campaign)


@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_date_at_once_leave_one_run(project: Project) -> None:
    campaign = standing(project)
    publish(changed(campaign), by=SYSTEM)
    together = Barrier(6)

    def look(step: object) -> None:
        together.wait()
        try:
            with transaction.atomic():
                step()  # type: ignore[operator]
        finally:
            connection.close()

    steps = [decide_due_dates, take_up_versions] * 3
    threads = [Thread(target=look, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert campaign.runs.count() <= 1
    with transaction.atomic():
        decide_due_dates()  # each look may have passed over a row that another held

    campaign.refresh_from_db()
    assert campaign.runs.count() == 1
    assert campaign.variants.count() == 1
    assert campaign.versions.get().variants.count() == 1
