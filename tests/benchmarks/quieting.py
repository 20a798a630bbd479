"""What quiet hours cost the sender: campaigns to the same people in turn, with and without, by one
worker. It is quiet in half of the world, and nowhere that anybody lives.

`vs_without` compares CPU seconds of worker, PostgreSQL and Redis per 1,000 messages.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign, Profile
from tests.benchmarks.measuring import Spent, measured, say
from tests.benchmarks.people import make_project
from tests.benchmarks.programs import gateway, worker
from tests.benchmarks.sending import FASTEST, WARM_UP, launched, rested, send

IN_TURN = (False, True, True, False, False, True, True, False)
HOME = "Asia/Kolkata"


def run(size: int) -> None:
    with gateway() as simulator:
        spent = _in_turn(size, simulator.gateway_url)
    with_hours, without = (
        sum(each.cpu_per_1000(size) for is_quiet, each in spent if is_quiet is wanted)
        for wanted in (True, False)
    )
    for is_quiet, each in spent:
        print(
            f"quiet hours {is_quiet}: {size / each.seconds:,.0f} messages/s; CPU s per 1,000:"
            f" worker {each.cpu_per_1000(size, 'worker'):.3f}, PostgreSQL"
            f" {each.cpu_per_1000(size, 'postgres'):.3f}, all {each.cpu_per_1000(size):.3f}"
        )
    say("quiet", size=size, vs_without=with_hours / without)


def _in_turn(size: int, gateway_url: str) -> list[tuple[bool, Spent]]:
    warm_up = make_project(people=WARM_UP, rate=FASTEST)
    project = make_project(people=size, rate=FASTEST)
    Profile.objects.filter(project=project).update(time_zone=HOME)
    measurements = []
    with worker("config", queue="send", pool="threads", gateway=gateway_url) as pid:
        send(launched(warm_up), WARM_UP)
        for is_quiet in IN_TURN:
            rested()
            campaign_run = launched(project)
            if is_quiet:
                begins, ends = _elsewhere()
                Campaign.objects.filter(pk=campaign_run.campaign_id).update(
                    quiet_from=begins, quiet_until=ends
                )
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE campaigns_message, campaigns_outbox")
            with measured(worker=pid) as spent:
                send(campaign_run, size)
            measurements.append((is_quiet, spent))
    return measurements


def _elsewhere() -> tuple[time, time]:
    """Half a day that begins in six hours, at home."""
    now = timezone.now().astimezone(ZoneInfo(HOME))
    return _clock(now + timedelta(hours=6)), _clock(now + timedelta(hours=18))


def _clock(at: datetime) -> time:
    return at.time().replace(second=0, microsecond=0)
