"""A campaign that recurs: written with its dates in sight, then paused, changed and resumed."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, CampaignStatus, Message, Run, RunStatus
from campaigns.planning.missed_dates import Outcome
from campaigns.planning.schedule import Every, Schedule
from campaigns.planning.schedule_document import as_document
from campaigns.running.launching import launch
from campaigns.running.standing import decide_due_dates
from campaigns.running.versions import take_up_versions
from providers.models import Project, Role, Scope
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.campaigns.recurring import came, standing
from tests.campaigns.states import fill
from tests.factories import (
    MembershipFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    ProviderFactory,
    SegmentFactory,
    TemplateFactory,
)
from tests.providers.api.keys import key_of, program

pytestmark = pytest.mark.django_db(transaction=True)

Keep = Callable[[Page, str], None]


@pytest.fixture
def shop(console: object, project: Project) -> Project:
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    return project


def test_a_weekly_digest_is_written_with_its_dates_in_sight(
    shop: Project, open_page: Opener, keep: Keep
) -> None:
    ProviderFactory.create(project=shop)
    ProfileFactory.create_batch(3, project=shop)
    template = TemplateFactory.create(project=shop)
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/add/")
    page.locator("[name=name]").fill("Weekly digest")
    page.get_by_label("Everybody in the project").check()
    choose_template(page, template.name)
    page.locator("#id_text-body-1").fill("friend")
    expect(page.locator(".kc-schedule")).to_be_hidden()

    page.get_by_label("Again and again, on days of a calendar").check()
    expect(page.locator("[name=until]")).to_be_hidden()
    expect(page.locator("[name=month_day]")).to_be_hidden()
    page.locator("[name=at]").fill("10:00")
    expect(page.locator("#dates")).to_contain_text("Choose at least one day of the week.")
    page.get_by_role("checkbox", name="Monday").check()
    page.get_by_role("checkbox", name="Thursday").check()
    expect(page.locator("#dates")).to_contain_text("Every week on Monday and Thursday at 10:00")
    expect(page.locator("#dates li")).to_have_count(5)
    keep(page, "recurring-form-1280-light")
    page.locator("[name=n]").fill("0")
    expect(page.locator("#dates")).to_contain_text("Every 0 weeks can't be.")
    page.locator("[name=n]").fill("2")
    page.get_by_label("Months", exact=True).check()
    page.locator("[name=month_day]").select_option("31")
    expect(page.locator("#dates")).to_contain_text("Every 2 months on the last day at 10:00")
    page.get_by_label("Weeks", exact=True).check()
    expect(page.locator("#dates")).to_contain_text("Every 2 weeks on Monday and Thursday")

    page.get_by_role("button", name="Review and publish").click()
    expect(page.locator(".kc-sentence")).to_contain_text("Again and again, first on")
    expect(page.locator(".kc-dates li")).to_have_count(5)
    keep(page, "recurring-publish-1280-light")
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator("#live-head .kb-pill")).to_have_text("Scheduled")
    expect(page.locator("#live-head")).to_contain_text("It waits for its next date.")
    expect(page.locator("#live .kc-dates li")).to_have_count(5)
    expect(page.locator(".kc-moves button")).to_have_count(4)
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})

    campaign = Campaign.objects.get()
    a_week_was_missed(campaign)
    with transaction.atomic():
        decide_due_dates()
    launch(campaign.runs.get(skipped_because="").pk)
    page.reload()
    lines = page.locator(".kc-runs tbody tr")
    expect(lines).to_have_count(2)
    expect(page.locator(".kc-skipped")).to_have_text(Outcome.OVERTAKEN.words)
    expect(page.locator("#n-targeted")).to_have_text("3")
    keep(page, "recurring-missed-1280-light")


def test_a_birthday_is_greeted_on_its_day(shop: Project, open_page: Opener, keep: Keep) -> None:
    ProviderFactory.create(project=shop)
    ProfilePropertyFactory.create(project=shop, name="Birthday", type="date")
    people = ProfileFactory.create_batch(2, project=shop)
    template = TemplateFactory.create(project=shop)
    today = {"on": "date", "property": "Birthday", "is": "anniversary"}
    rule = {"version": 1, "match": "all", "conditions": [today]}
    SegmentFactory.create(project=shop, name="Birthday today", rule=rule)
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/add/")
    page.locator("[name=name]").fill("A treat for your birthday")
    page.get_by_label("People of segments and lists").check()
    page.locator(".kc-some").get_by_label("Birthday today").check()
    choose_template(page, template.name)
    page.locator("#id_text-body-1").fill("friend")
    page.get_by_label("Again and again, on days of a calendar").check()
    page.get_by_label("Days", exact=True).check()
    page.locator("[name=at]").fill("00:00")
    expect(page.locator("#dates")).to_contain_text("Every day at 00:00")
    page.get_by_role("button", name="Review and publish").click()
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator("#live-head .kb-pill")).to_have_text("Scheduled")

    local = timezone.localdate(timezone=ZoneInfo(shop.time_zone))
    born = dict(zip(people, (local, local - timedelta(days=9)), strict=True))
    records = [
        {"identity": who.identity, "properties": {"Birthday": f"2000-{day:%m-%d}"}}
        for who, day in born.items()
    ]
    answer = program(key_of(shop, Scope.WRITE)[1]).post(
        "/api/v1/profiles", {"records": records}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    campaign = Campaign.objects.get()
    since = timezone.now() - timedelta(days=1)
    campaign.schedule["starts_on"] = local.isoformat()
    Campaign.objects.update(
        schedule=campaign.schedule, published_at=since, next_due_at=since, sends_late=True
    )
    with transaction.atomic():
        decide_due_dates()
    launch(campaign.runs.get(skipped_because="").pk)

    page.reload()
    expect(page.locator("#n-targeted")).to_have_text("1")
    assert Message.objects.get().profile == people[0]
    keep(page, "birthday-page-1280-light")


def test_it_is_paused_changed_and_resumed_between_its_dates(
    shop: Project, open_page: Opener, keep: Keep
) -> None:
    campaign = with_runs(shop)
    page = open_page(width=390, dark=True)
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    status = page.locator("#live-head .kb-pill")
    expect(page.locator(".kc-runs tbody tr")).to_have_count(3)
    expect(page.locator(".kc-skipped").first).to_have_text(Outcome.MISSED.words)
    keep(page, "recurring-page-390-dark")

    page.locator(".kc-moves").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("dialog")).to_contain_text("waits until its cut-off")
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(status).to_have_text("Paused")

    page.locator(".kc-moves").get_by_role("button", name="Change").click()
    expect(page.locator(".kc-warning-box").first).to_contain_text("This is a change of")
    page.locator("[name=n]").fill("3")
    expect(page.locator("#dates")).to_contain_text("Every 3 days")
    page.get_by_role("button", name="Review and publish").click()
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator("#live-head")).to_contain_text("applies from the next run on")

    with transaction.atomic():
        take_up_versions()
    page.locator(".kc-moves").get_by_role("button", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(status).to_have_text("Scheduled")
    expect(page.locator("#live")).to_contain_text("Every 3 days")
    page.goto("/campaigns/campaign/")
    expect(page.get_by_text("Recurring · next")).to_be_visible()
    keep(page, "recurring-list-390-dark")
    assert Campaign.objects.get(pk=campaign.pk).runs.count() == 3


def a_week_was_missed(campaign: Campaign) -> None:
    """Its first date was a week ago, when nothing ran; this week's has just come."""
    at = came(1).astimezone(ZoneInfo(campaign.project.time_zone))
    first = at - timedelta(days=7)
    schedule = Schedule(
        every=Every.WEEK,
        weekdays=frozenset({at.isoweekday()}),
        at=at.time(),
        starts_on=first.date(),
    )
    Campaign.objects.filter(pk=campaign.pk).update(
        schedule=as_document(schedule),
        published_at=first - timedelta(hours=1),
        next_due_at=first,
    )


def with_runs(shop: Project) -> Campaign:
    """Two dates were missed, and one went out."""
    campaign = standing(shop, minutes_ago=90, days=2)
    with transaction.atomic():
        decide_due_dates()
    run = Run.objects.create(
        campaign=campaign,
        number=3,
        due_key=timezone.localdate() + timedelta(days=2),  # it is tomorrow there, maybe
        status=RunStatus.FINISHED,
        last_profile_id=0,
    )
    fill(run)
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.SCHEDULED)
    return campaign
