"""The calendar: a month or a week of what is planned and what went out."""

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode

from campaigns.admin.campaigns.load_part import LoadPart
from campaigns.planning.labelling import labels_of
from campaigns.planning.schedule import EARLIEST, LATEST
from campaigns.planning.schedule_words import WEEKDAYS
from campaigns.results.calendar import Day, What, days_of
from providers.admin.pages import Page
from providers.models import Project

COLOURS = {
    What.DRAFT: "grey",
    What.AWAITING: "amber",
    What.PLANNED: "blue",
    What.PAUSED: "amber",
    What.DECISION: "blue",
    What.GOING: "green",
    What.SENT: "green",
    What.SKIPPED: "amber",
    What.FAILED: "red",
}
WEEK = timedelta(days=7)


class By(StrEnum):
    MONTH = "month"
    WEEK = "week"


# Entries of a day; who wants to see more looks at its week, and then at the list.
MOST = {By.MONTH: 4, By.WEEK: 50}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The month or the week in which a day lies, of all campaigns or those with a label."""

    by: By
    day: date
    label: str = ""

    @property
    def first(self) -> date:
        """A Monday."""
        day = self.day.replace(day=1) if self.by is By.MONTH else self.day
        return day - timedelta(days=day.weekday())

    @property
    def last(self) -> date:
        """A Sunday."""
        if self.by is By.WEEK:
            return self.first + timedelta(days=6)
        last = _last_of_month(self.day)
        return last + timedelta(days=6 - last.weekday())

    @property
    def before(self) -> "Sheet":
        step = self.day.replace(day=1) - timedelta(days=1)
        return self.at(step if self.by is By.MONTH else self.day - WEEK)

    @property
    def after(self) -> "Sheet":
        step = _last_of_month(self.day) + timedelta(days=1)
        return self.at(step if self.by is By.MONTH else self.day + WEEK)

    @property
    def name(self) -> str:
        """Like “December 2026” or “30 November to 6 December 2026”."""
        if self.by is By.MONTH:
            return f"{self.day:%B %Y}"
        return f"{self.first.day} {self.first:%B} to {self.last.day} {self.last:%B %Y}"

    @property
    def address(self) -> str:
        label = {"label": self.label} if self.label else {}
        return "?" + urlencode({"by": self.by.value, "day": self.day.isoformat(), **label})

    def at(self, day: date, *, by: By | None = None) -> "Sheet":
        """Another one of the same campaigns."""
        return Sheet(by or self.by, _within(day), self.label)

    def holds(self, day: date) -> bool:
        return self.by is By.WEEK or (day.year, day.month) == (self.day.year, self.day.month)


class CalendarPage(Page):
    address, name = "calendar/", "calendar"
    template = "campaigns/calendar.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        today = timezone.now().astimezone(ZoneInfo(project.time_zone)).date()
        labels = labels_of(project)
        sheet = sheet_asked(request.GET, today=today, labels=labels)
        days = days_of(project, first=sheet.first, last=sheet.last, label=sheet.label)
        return self.show(
            request,
            title="Calendar",
            sheet=sheet,
            zone=project.time_zone,
            caps=project.caps,
            weekdays=WEEKDAYS,
            weeks=_weeks(days, sheet, today),
            sheets=[(by.value.title(), sheet.at(sheet.day, by=by), by is sheet.by) for by in By],
            now=sheet.at(today),
            labels=labels,
            is_empty=not any(day.entries for day in days),
        )


CALENDAR = (CalendarPage, LoadPart)


def sheet_asked(asked: Mapping[str, Any], *, today: date, labels: Collection[str]) -> Sheet:
    """What nobody can have meant is this month, and all campaigns."""
    by = By.WEEK if asked.get("by") == By.WEEK else By.MONTH
    try:
        day = date.fromisoformat(str(asked.get("day", "")))
    except ValueError:
        day = today
    label = asked.get("label", "")
    return Sheet(by, _within(day), label if label in labels else "")


def _weeks(days: list[Day], sheet: Sheet, today: date) -> list[list[dict[str, Any]]]:
    cells = [_cell(day, sheet, today) for day in days]
    return [cells[number : number + 7] for number in range(0, len(cells), 7)]


def _cell(day: Day, sheet: Sheet, today: date) -> dict[str, Any]:
    most = MOST[sheet.by]
    return {
        "day": day.day,
        "sent": day.sent if day.went_out > 1 else 0,
        "entries": [(entry, COLOURS[entry.what]) for entry in day.entries[:most]],
        "more": max(len(day.entries) - most, 0),
        "week": sheet.at(day.day, by=By.WEEK),
        "is_today": day.day == today,
        "is_inside": sheet.holds(day.day),
        "has_focus": day.day == sheet.day,
    }


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _within(day: date) -> date:
    """A year and more away from where dates end, so that every day beside it can be reckoned."""
    return min(max(day, EARLIEST), LATEST)
