"""How long somebody waits for the message of a live campaign, from their event until Gupshup has
it: at 500 matching events a second, beside a campaign to many, and beside ten times as many people
as there are events who wait in another live campaign and are not due. PostgreSQL, workers and
simulator share the machine.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import Campaign, CampaignKind, EventKind, Outbox, Profile
from campaigns.planning.occasion import Deed, Occasion
from campaigns.planning.occasion_document import as_document
from campaigns.running.lifecycle import publish
from campaigns.tasks import send_due
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.benchmarks.measuring import say, wait_until
from tests.benchmarks.people import make_campaign, make_project
from tests.benchmarks.programs import beat, gateway, worker
from tests.benchmarks.sending import launched

SIZE = 10_000  # events, where nothing else is asked for
A_SECOND = 500
RATE = 2_000
OTHERS = 10  # times as many people get the campaign beside it, and wait in another
CART = "Cart left"
BODY = 100  # events of an upload
A_DAY = timedelta(days=1)

# Everybody waits until tomorrow.
WAIT = """
INSERT INTO campaigns_trigger (campaign_id, profile_id, match_key, at, times, properties, due_at,
    expires_at, reason)
SELECT %(campaign)s, p.id, p.match_key, now(), 1, '{"Amount": 450}',
    now() + interval '1 day', now() + interval '25 hours', ''
FROM campaigns_profile p WHERE p.project_id = %(project)s
"""


def run(size: int) -> None:
    project = make_project(people=size * OTHERS, rate=RATE)
    _let_wait(project, live(project, CART, delay=A_DAY))
    campaign = live(project, CART)
    with (
        gateway() as simulator,
        worker("config", queue="send", pool="threads", gateway=simulator.gateway_url),
        worker("config", queue="callbacks", pool="prefork", gateway="", concurrency=2),
        beat(),
    ):
        first, *people = people_of(project, size + 1)
        happen(project, [(first, CART)])  # until all programs are up; not measured
        wait_until(lambda: len(_waits(campaign)) == 1)
        beside = launched(project)
        send_due.delay()
        seconds = _stream(project, people)
        left = Outbox.objects.filter(run=beside).count()
        wait_until(lambda: len(_waits(campaign)) == size + 1)
    _tell(size, seconds, left, _waits(campaign)[1:])


def _tell(size: int, seconds: float, left: int, waits: list[tuple[float, float]]) -> None:
    sent, made = (sorted(each) for each in zip(*waits, strict=True))
    p50, p99 = (sent[int(size * share)] for share in (0.5, 0.99))
    print(
        f"{size / seconds:,.0f} events/s; {left:,} of {size * OTHERS:,} messages of the campaign "
        f"beside it were still to be sent after the last one\n"
        f"from event to gateway: p50 {p50:.2f} s, p99 {p99:.2f} s, longest {sent[-1]:.2f} s; to a "
        f"message that waits: p50 {made[size // 2]:.2f} s, p99 {made[int(size * 0.99)]:.2f} s"
    )
    say("live", size=size, events_per_s=size / seconds, p50_s=p50, p99_s=p99)


def live(
    project: Project,
    name: str,
    *,
    delay: timedelta = timedelta(),
    where: tuple[dict[str, Any], ...] = (),
) -> Campaign:
    kind, _ = EventKind.objects.get_or_create(
        project=project, key=name.lower().replace(" ", ""), defaults={"name": name}
    )
    kind.properties.get_or_create(name="Amount", type="number")
    campaign = make_campaign(project)
    campaign.kind = CampaignKind.LIVE
    campaign.occasion = as_document(Occasion(did=Deed(name, where), delay=delay, again=A_DAY))
    campaign.save()
    publish(campaign, by=SYSTEM)
    return campaign


def people_of(project: Project, count: int) -> list[str]:
    people = Profile.objects.filter(project=project).order_by("pk")
    return list(people.values_list("identity", flat=True)[:count])


def happen(project: Project, told: list[tuple[str, str]]) -> None:
    """Of each an identity and what they did, now."""
    at = timezone.now()
    upload(project, [event(identity, name, at) for identity, name in told], by=SYSTEM)


def event(identity: str, name: str, at: datetime, *, amount: float = 450.5) -> dict[str, Any]:
    properties = {"Amount": amount, "Shop": "Pune", "Gift": False}
    return {"identity": identity, "name": name, "at": at.isoformat(), "properties": properties}


def _stream(project: Project, people: list[str]) -> float:
    """So many a second; in how many seconds, where the machine does not keep up."""
    begun = time.monotonic()
    for start in range(0, len(people), BODY):
        time.sleep(max(0.0, begun + start / A_SECOND - time.monotonic()))
        happen(project, [(identity, CART) for identity in people[start : start + BODY]])
    return time.monotonic() - begun


def _let_wait(project: Project, campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WAIT, {"campaign": campaign.pk, "project": project.pk})
        cursor.execute("ANALYZE campaigns_trigger")


def _waits(campaign: Campaign) -> list[tuple[float, float]]:
    """Seconds until Gupshup has taken it, and until its message was made, of those that it has, in
    the order of their events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM m.sent_at - t.at)::float,"
            " extract(epoch FROM t.ended_at - t.at)::float FROM campaigns_trigger t"
            " JOIN campaigns_message m ON m.entry = t.id AND m.campaign_id = t.campaign_id"
            " WHERE t.campaign_id = %s AND m.sent_at IS NOT NULL ORDER BY t.at",
            [campaign.pk],
        )
        return cursor.fetchall()
