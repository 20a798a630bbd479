"""The days of a campaign that recurs, as pages show them: a sentence, and the next dates."""

from typing import Any

from campaigns.models import Campaign
from campaigns.planning.planned_dates import coming_dates, schedule_of, zone_of_dates
from campaigns.planning.schedule_document import ScheduleError
from campaigns.planning.schedule_words import due_in_words, in_words

OWN_CLOCK = "wherever each person is"


def dates_shown(campaign: Campaign) -> dict[str, Any]:
    """Nothing of one that goes out once, or whose days are not chosen yet."""
    try:
        schedule = schedule_of(campaign)
    except ScheduleError:
        return {}
    if schedule is None:
        return {}
    zone = zone_of_dates(campaign)
    dates = [due_in_words(due, schedule, zone) for due in coming_dates(campaign)]
    return {
        "days": in_words(schedule, clock=OWN_CLOCK if campaign.own_time else zone.key),
        "dates": dates,
    }
