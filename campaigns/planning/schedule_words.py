"""A schedule as a sentence, and its dates as they are shown to whoever plans."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list

from campaigns.planning.schedule import LAST_DAY, Due, Every, Schedule

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORTEST_MONTH = 28


def in_words(schedule: Schedule, *, clock: str) -> str:
    """`clock` is whose time that is: a zone's name, or words for each person's own."""
    when = f"{_rhythm(schedule)} at {schedule.at:%H:%M} ({clock})"
    return f"{when}, {_bounds(schedule)}.{_again(schedule)}"


def _again(schedule: Schedule) -> str:
    if schedule.again_days is None:
        return ""
    days = "a day" if schedule.again_days == 1 else f"{schedule.again_days:,} days"
    return f" Nobody gets it again within {days}."


def _rhythm(schedule: Schedule) -> str:
    often = f"{schedule.n} {schedule.every}s" if schedule.n > 1 else schedule.every.value
    if schedule.every == Every.WEEK:
        days = [WEEKDAYS[day - 1] for day in sorted(schedule.weekdays)]
        return f"Every {often} on {get_text_list(days, 'and')}"
    if schedule.every == Every.MONTH:
        return f"Every {often} on {_month_day(schedule.month_day or LAST_DAY)}"
    return f"Every {often}"


def _month_day(day: int) -> str:
    if day == LAST_DAY:
        return "the last day"
    return f"day {day}{', or the last day of a shorter month,' if day > SHORTEST_MONTH else ''}"


def _bounds(schedule: Schedule) -> str:
    start = f"from {_day(schedule.starts_on)}"
    if schedule.until is not None:
        return f"{start} until {_day(schedule.until)}"
    if schedule.times is not None:
        return f"{start}, {'once' if schedule.times == 1 else f'{schedule.times} times'}"
    return f"{start} on"


def due_in_words(due: Due, schedule: Schedule, zone: ZoneInfo) -> str:
    """Like “Sunday, 28 March 2027, 03:00”, and why where the clocks don't show the planned time."""
    shown = due.at.astimezone(zone)
    words = f"{WEEKDAYS[shown.weekday()]}, {_day(shown.date())}, {shown:%H:%M}"
    if (shown.date(), shown.time()) == (due.day, schedule.at):
        return words
    return f"{words}, since the clocks jump over {schedule.at:%H:%M} on {_day(due.day)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
