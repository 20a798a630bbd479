"""What became of the campaigns of the last 30 days, by days: from the tallies, for Home."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import Run
from campaigns.results import series
from providers.models import Project

DAYS = 30
MOST_RUNS = 500


def last_days(project: Project, *, now: datetime) -> series.Table:
    """Of those that began in these days. Three queries, however many messages."""
    zone = ZoneInfo(project.time_zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=DAYS - 1)
    runs = Run.objects.filter(campaign__project=project, started_at__gte=since)
    newest = list(runs.order_by("-pk").values_list("pk", flat=True)[:MOST_RUNS])
    return series.table_of(series.series_of(newest, zone=zone, step=series.Step.DAY))
