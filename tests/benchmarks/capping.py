"""What a cap costs the sender: campaigns to the same people in turn, by one worker. With a cap, in
a project that has none, and as if nobody had ever written that there are caps. Behind each phone
lie messages of earlier campaigns, half of them in the longest span.

`vs_without` compares CPU seconds of worker, PostgreSQL and Redis per 1,000 messages with a cap and
in a project without; `unused`, those in a project without with those as if there were no caps.
"""

from enum import StrEnum

from django.db import connection

from campaigns.models import Run
from providers.models import Project
from tests.benchmarks.measuring import Spent, measured, say
from tests.benchmarks.people import make_campaign, make_project
from tests.benchmarks.programs import gateway, worker
from tests.benchmarks.sending import FASTEST, WARM_UP, launched, rested, send
from tests.benchmarks.uncapping import know_caps

EARLIER = 12  # campaigns


class Caps(StrEnum):
    USED = "used"
    UNUSED = "unused"
    UNKNOWN = "as if there were none"


# What comes later is no dearer for one than for another.
_HALF = (Caps.UNUSED, Caps.USED, Caps.UNKNOWN, Caps.UNKNOWN, Caps.USED, Caps.UNUSED)
IN_TURN = _HALF * 2

# Sent one a week, each run over on its day.
HISTORY = """
INSERT INTO campaigns_message (project_id, kind, campaign_id, run_id, variant_id, profile_id, phone,
    send_key, state, reason, code, detail, attempt, external_id, created_at, sent_at)
SELECT project_id, 1, %(campaign)s, %(run)s, %(variant)s, id, phone, match_key, 50, '', '', '', 1,
    '', now() - %(days)s * interval '1 day', now() - %(days)s * interval '1 day'
FROM campaigns_profile WHERE project_id = %(project)s
"""


def run(size: int) -> None:
    with gateway() as simulator:
        spent = _in_turn(size, simulator.gateway_url)
    for caps, each in spent:
        print(
            f"caps {caps}: {size / each.seconds:,.0f} messages/s; CPU s per 1,000: worker"
            f" {each.cpu_per_1000(size, 'worker'):.3f}, PostgreSQL"
            f" {each.cpu_per_1000(size, 'postgres'):.3f}, all {each.cpu_per_1000(size):.3f}"
        )
    used, unused, unknown = (
        sum(each.cpu_per_1000(size) for caps, each in spent if caps is wanted) for wanted in Caps
    )
    say("caps", size=size, earlier=EARLIER, vs_without=used / unused, unused=unused / unknown)


def _in_turn(size: int, gateway_url: str) -> list[tuple[Caps, Spent]]:
    warm_up = make_project(people=WARM_UP, rate=FASTEST)
    project = make_project(people=size, rate=FASTEST)
    for weeks in range(EARLIER, 0, -1):
        _sent_earlier(project, days=5 * weeks)
    measurements = []
    with worker(
        "config",
        queue="send",
        pool="threads",
        gateway=gateway_url,
        include="tests.benchmarks.uncapping",
    ) as pid:
        send(launched(warm_up), WARM_UP)
        for caps in IN_TURN:
            rested()
            know_caps.apply_async((caps is not Caps.UNKNOWN,), queue="send")
            cap = 100 if caps is Caps.USED else None
            Project.objects.filter(pk=project.pk).update(most_per_month=cap)
            campaign_run = launched(project)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE campaigns_message, campaigns_outbox")
            with measured(worker=pid) as spent:
                send(campaign_run, size)
            measurements.append((caps, spent))
    return measurements


def _sent_earlier(project: Project, *, days: int) -> None:
    campaign = make_campaign(project)
    over = Run.objects.create(campaign=campaign, number=1, status="finished", last_profile_id=0)
    numbers = {
        "project": project.pk,
        "campaign": campaign.pk,
        "run": over.pk,
        "variant": campaign.variants.get().pk,
        "days": days,
    }
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, numbers)
        cursor.execute(
            "UPDATE campaigns_run SET finished_at = now() - %s * interval '1 day' WHERE id = %s",
            [days, over.pk],
        )
