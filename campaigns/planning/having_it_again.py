"""For how many days nobody gets a recurring campaign again, as its launch asks for it
(gates/had_before.py)."""

from collections.abc import Mapping
from datetime import datetime

from campaigns.models import Campaign, Run
from campaigns.planning.planned_dates import coming_dates, schedule_of, zone_of
from campaigns.planning.schedule_document import ScheduleError


def had_parameters(campaign: Campaign, run: Run | None, *, now: datetime) -> Mapping[str, object]:
    """Without a run, as its next date would ask."""
    days = _days(campaign)
    day = run.due_key if run is not None else None
    if days is not None and day is None:
        coming = [due.day for due in coming_dates(campaign)]
        day = coming[0] if coming else now.astimezone(zone_of(campaign)).date()
    return {"had_days": days, "had_day": day, "had_of": campaign.version_of_id or campaign.pk}


def _days(campaign: Campaign) -> int | None:
    """None: whoever is in the audience gets it each time."""
    try:
        schedule = schedule_of(campaign)
    except ScheduleError:
        return None
    return schedule.again_days if schedule else None
