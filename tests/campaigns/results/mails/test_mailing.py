"""Reports by mail: who gets which, when, and how often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import Campaign, CampaignStatus, MailWish, ReportMail
from campaigns.results.mails import sending
from campaigns.results.mails.planning import plan_mails
from campaigns.results.mails.sending import mail_reports, take_next
from campaigns.results.mails.weekly_letter import about_week
from providers.models import Membership, Project, Role
from tests.factories import CampaignFactory, MembershipFactory, RunFactory, TallyFactory

pytestmark = pytest.mark.django_db
# A Monday, 8 in the morning of Asia/Kolkata.
MONDAY = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: Settings) -> None:
    settings.SENDS_MAIL = True
    settings.PUBLIC_BASE_URL = "https://console.example.com"


@pytest.fixture
def meera(project: Project) -> Membership:
    """Wants to hear of ends. Others want nothing, are elsewhere, or have left."""
    member: Membership = MembershipFactory.create(
        project=project, role=Role.VIEWER, user__email="meera@example.com"
    )
    wish(member)
    MembershipFactory.create(project=project, user__email="nothing@example.com")
    wish(MembershipFactory.create(user__email="elsewhere@example.com"))
    wish(MembershipFactory.create(project=project, user__email=""))
    wish(MembershipFactory.create(project=project, user__email="x@x.x", user__is_active=False))
    return member


def wish(member: Membership, **more: Any) -> MailWish:
    since = {"ends_since": LONG_AGO, "weekly_since": None, **more}
    return MailWish.objects.create(membership=member, **since)


def ended(project: Project, numbers: dict[str, int] | None = None, **more: Any) -> Campaign:
    at = timezone.now() - timedelta(hours=1)
    given = {"status": CampaignStatus.COMPLETED, "published_at": at, "finished_at": at, **more}
    campaign: Campaign = CampaignFactory.create(project=project, **given)
    run = RunFactory.create(campaign=campaign)
    for name, n in (numbers or {}).items():
        TallyFactory.create(run=run, name=name, n=n)
    return campaign


def letters_about(campaign: Campaign) -> list[Any]:
    return [one for one in mail.outbox if campaign.name in one.subject]


def test_a_campaigns_end_is_mailed_once_to_who_wants_it(
    project: Project, meera: Membership
) -> None:
    numbers = {"targeted": 1200, "sent": 1000, "delivered": 900, "read": 450, "suppressed": 200}
    campaign = ended(project, numbers, name="Diwali")
    for _ in range(3):
        mail_reports()

    (letter,) = letters_about(campaign)
    assert (letter.to, letter.subject) == (
        ["meera@example.com"],
        "Tea shop: “Diwali” has gone out",
    )
    for line in ("Sent: 1,000 (83.3 % of 1,200 targeted)", "Viewed: 450", "Left out: 200"):
        assert line in letter.body
    page = f"https://console.example.com/campaigns/campaign/{campaign.pk}/change/"
    assert page in letter.body
    ((html, kind),) = letter.alternatives
    assert (kind, page in html, "<strong>450</strong>" in html) == ("text/html", True, True)


@pytest.mark.parametrize(
    "more",
    [
        {"finished_at": timezone.now() - timedelta(days=3)},
        {"finished_at": timezone.now()},
        {"status": CampaignStatus.RUNNING, "finished_at": None},
        {"status": CampaignStatus.STOPPED, "published_at": None},
    ],
    ids=["long ago", "this minute", "not over", "never out"],
)
def test_what_is_no_news_is_not_mailed(
    project: Project, meera: Membership, more: dict[str, Any]
) -> None:
    campaign = ended(project, **more)
    mail_reports()
    assert letters_about(campaign) == []


def test_what_ended_before_it_was_wanted_is_not_mailed(project: Project) -> None:
    member = MembershipFactory.create(project=project, user__email="meera@example.com")
    wish(member, ends_since=timezone.now())
    ended(project)
    assert (mail_reports(), mail.outbox) == (0, [])


@pytest.mark.parametrize("numbers", [{}, {"targeted": 1, "failed": 1}], ids=["nobody", "failed"])
def test_a_campaign_that_reached_nobody_says_so(
    project: Project, meera: Membership, numbers: dict[str, int]
) -> None:
    campaign = ended(project, numbers, status=CampaignStatus.FAILED, status_reason="No template.")
    mail_reports()
    (letter,) = letters_about(campaign)
    assert "No template." in letter.body
    assert "It reached nobody." in letter.body


def test_a_name_can_forge_neither_a_header_nor_a_page(project: Project, meera: Membership) -> None:
    ended(project, name="Tea\r\nBcc: everybody@example.com <script>alert(1)</script>")
    mail_reports()
    (letter,) = [one for one in mail.outbox if "Bcc:" in one.subject]
    assert (letter.recipients(), "\n" in letter.subject) == (["meera@example.com"], False)
    assert "<script>" not in letter.alternatives[0][0]


# Mondays ------------------------------------------------------------------------------------------


@pytest.fixture
def _on_mondays(meera: Membership) -> None:
    MailWish.objects.update(ends_since=None, weekly_since=LONG_AGO)


def weeks_planned(now: datetime) -> list[str]:
    plan_mails(now=now)
    return [str(week) for week in ReportMail.objects.values_list("week", flat=True)]


@pytest.mark.usefixtures("_on_mondays")
def test_a_weeks_mail_is_due_on_monday_at_8_of_the_projects_zone(project: Project) -> None:
    Project.objects.update(time_zone="America/New_York")
    Project.objects.filter(pk=project.pk).update(time_zone="Asia/Kolkata")
    before = weeks_planned(MONDAY - timedelta(minutes=1))
    first = weeks_planned(MONDAY)
    again = weeks_planned(MONDAY + timedelta(days=1))
    next_week = weeks_planned(MONDAY + timedelta(days=7, hours=1))
    elsewhere = ["2026-03-02"]  # ten hours and a half later
    assert (before, first) == ([], ["2026-03-02"])
    assert again == first + elsewhere
    assert sorted(next_week) == ["2026-03-02", "2026-03-02", "2026-03-09"]


@pytest.mark.usefixtures("_on_mondays")
def test_a_week_that_is_late_by_days_is_not_mailed() -> None:
    Project.objects.update(time_zone="Asia/Kolkata")
    assert weeks_planned(MONDAY + timedelta(days=2, minutes=1)) == []


def test_the_week_is_that_of_the_projects_days_beside_the_one_before(project: Project) -> None:
    """Monday 00:00 in Kolkata is 18:30 of Sunday in UTC."""
    project.time_zone = "Asia/Kolkata"
    monday = datetime(2026, 2, 22, 18, 30, tzinfo=UTC)
    campaign = CampaignFactory.create(project=project, name="Diwali", published_at=monday)
    run = RunFactory.create(campaign=campaign, started_at=monday)
    for at, name, n in (
        (monday - timedelta(minutes=15), "sent", 7),
        (monday, "sent", 100),
        (monday + timedelta(days=7, minutes=-15), "delivered", 80),
        (monday + timedelta(days=7), "read", 5),
    ):
        TallyFactory.create(run=run, name=name, n=n, quarter=at)

    letter = about_week(project, MONDAY.date(), settings_at="")
    assert letter.subject == f"{project}: your week 23 February to 1 March 2026"
    assert [(fact.label, fact.number, fact.more) for fact in letter.facts][:3] == [
        ("Sent", "100", "7 in the week before"),
        ("Delivered", "80", "80.0 % of sent, 0 in the week before"),
        ("Viewed", "0", "0 in the week before"),
    ]
    assert [(one.name, one.words) for one in letter.listed] == [
        ("Diwali", "107 sent so far, 6.2 % of those delivered viewed it")
    ]


def test_a_week_without_anything_says_so(project: Project) -> None:
    letter = about_week(project, MONDAY.date(), settings_at="")
    assert letter.facts == []
    assert "Nothing was sent in this week" in letter.notes[0]


# Once, and whatever goes wrong --------------------------------------------------------------------


def test_a_mail_server_that_is_away_is_tried_again_and_not_for_ever(
    project: Project, meera: Membership, settings: Settings
) -> None:
    ended(project)
    plan_mails(now=timezone.now())
    ReportMail.objects.update(tries=3)
    good, settings.EMAIL_BACKEND = (
        settings.EMAIL_BACKEND,
        "django.core.mail.backends.smtp.EmailBackend",
    )
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    seen = [mail_reports(), mail_reports()]
    settings.EMAIL_BACKEND = good
    seen.append(mail_reports())  # held: its time is not over
    ReportMail.objects.update(held_until=None)
    seen.append(mail_reports())
    ReportMail.objects.update(held_until=None, sent_at=None)
    seen.append(mail_reports())
    assert seen == [0, 0, 0, 1, 0]


def test_whoever_dies_while_sending_is_followed_under_the_same_message_id(
    project: Project, meera: Membership
) -> None:
    ended(project)
    plan_mails(now=timezone.now())
    mail_reports()
    # The worker died before it wrote down that it was sent.
    ReportMail.objects.update(sent_at=None, held_until=timezone.now() - timedelta(seconds=1))
    mail_reports()
    first, second = (one.message()["Message-ID"] for one in mail.outbox)
    number = ReportMail.objects.get().pk
    assert first == second == f"<report-{number}@console.example.com>"


def test_a_mail_that_cannot_be_written_holds_up_no_other(
    project: Project, meera: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = ended(project, name="Broken"), ended(project, name="Whole")
    about = sending.about_campaign

    def about_or_not(campaign: Campaign, **more: Any) -> Any:
        if campaign.pk == broken.pk:
            raise ZeroDivisionError
        return about(campaign, **more)

    monkeypatch.setattr(sending, "about_campaign", about_or_not)
    mail_reports()
    assert (len(letters_about(broken)), len(letters_about(whole))) == (0, 1)


def test_whoever_leaves_or_changes_their_mind_gets_no_mail(
    project: Project, meera: Membership
) -> None:
    campaign = ended(project)
    plan_mails(now=timezone.now())
    MailWish.objects.update(ends_since=None)
    mail_reports()
    assert letters_about(campaign) == []
    meera.delete()
    assert not ReportMail.objects.filter(wish__membership__user=meera.user).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_has_a_mail(project: Project, meera: Membership) -> None:
    for _ in range(5):
        ended(project)

    def worker(_: int) -> list[int]:
        try:
            plan_mails(now=timezone.now())
            since = timezone.now() - timedelta(days=1)
            return [one.pk for one in iter(lambda: take_next(since=since), None)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for pks in pool.map(worker, range(4)) for pk in pks]
    assert (len(taken), len(set(taken))) == (5, 5)


def test_without_mail_nothing_is_planned(
    project: Project, meera: Membership, settings: Settings
) -> None:
    settings.SENDS_MAIL = False
    ended(project)
    assert (mail_reports(), ReportMail.objects.count()) == (0, 0)


# The page -----------------------------------------------------------------------------------------


def test_a_member_chooses_and_takes_it_back(
    project: Project, viewer: Client, settings: Settings
) -> None:
    page = viewer.get("/mail-reports/").content.decode()
    assert ("checked" in page, "A campaign has ended" in page) == (False, True)
    viewer.post("/mail-reports/", {"ends": "on"})
    wish = MailWish.objects.get()
    since = wish.ends_since
    viewer.post("/mail-reports/", {"ends": "on", "weekly": "on"})
    wish.refresh_from_db()
    assert (wish.ends_since, wish.weekly_since is None) == (since, False)
    assert viewer.get("/mail-reports/").content.decode().count(" checked") == 2
    viewer.post("/mail-reports/", {})
    wish.refresh_from_db()
    assert (wish.ends_since, wish.weekly_since) == (None, None)
    settings.SENDS_MAIL = False
    assert "No mail server is set up" in viewer.get("/mail-reports/").content.decode()


def test_an_operator_who_is_no_member_is_told(project: Project, operator: Client) -> None:
    assert "Mails go to members" in operator.get("/mail-reports/").content.decode()
    answer = operator.post("/mail-reports/", {"ends": "on"}, follow=True)
    assert "nothing was changed" in answer.content.decode()
    assert not MailWish.objects.exists()
