"""A report on a span of days, as a page that prints well: the browser makes a PDF of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.admin.campaigns.over_time import figures_file
from campaigns.results.project_report import Days, day_by_day, report_on
from providers.admin.pages import Page
from providers.models import Project

FROM, UNTIL = "from", "until"
USUAL = 30  # days, until yesterday
MOST = 366
EARLIEST = date(2000, 1, 1)


class ReportPage(Page):
    address, name = "report/", "report"
    template = "campaigns/report.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        now = timezone.now()
        days, problem = _days_of(request, project, now)
        return self.show(
            request,
            title="Report",
            report=report_on(project, days, now=now),
            project_shown=project,
            problem=problem,
            made_at=now,
        )


class ReportFile(Page):
    """The figures of its chart."""

    address, name = "report.csv", "report_file"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        days, _ = _days_of(request, project, timezone.now())
        return figures_file(day_by_day(project, days), f"{days.first}-to-{days.last}")


REPORT = (ReportPage, ReportFile)


def _days_of(request: HttpRequest, project: Project, now: datetime) -> tuple[Days, str]:
    today = now.astimezone(ZoneInfo(project.time_zone)).date()
    asked = (request.GET.get(FROM, ""), request.GET.get(UNTIL, ""))
    return days_asked(*asked, today=today)


def days_asked(first: str, last: str, *, today: date) -> tuple[Days, str]:
    """What was asked for, or the usual days and what is wrong with it."""
    usual = Days(today - timedelta(days=USUAL), today - timedelta(days=1))
    if not first and not last:
        return usual, ""
    chosen = (_day(first), _day(last))
    if chosen[0] is None or chosen[1] is None:
        return usual, "Choose both days, like 2026-03-01. The last 30 days are shown."
    days = Days(chosen[0], chosen[1])
    problem = _wrong_with(days, today)
    return (usual, f"{problem} The last 30 days are shown.") if problem else (days, "")


def _wrong_with(days: Days, today: date) -> str:
    if days.last < days.first:
        return "The last day comes before the first: exchange them."
    if days.last > today or days.first < EARLIEST:
        return "Choose days that have been, until today."
    return f"A report is about {MOST} days at the most." if days.count > MOST else ""


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return None
