"""Campaigns of the last month that are over, with all that became of them, written by the database
itself: messages, events, clicks, answers, opt-outs, goals reached, and the numbers of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.ledger.tallies import quarter_of
from campaigns.models import (
    BUTTON,
    Campaign,
    CampaignStatus,
    ConversionOf,
    EventKind,
    EventName,
    MessageKind,
    Run,
    RunStatus,
    Source,
    State,
    SubscriptionChange,
)
from campaigns.running.pinning_goals import pinned_goal
from providers.models import Project
from tests.benchmarks.people import make_campaign

APART = timedelta(days=3)
LASTED = timedelta(hours=2)
GOAL_EVENT = "Charged"

# Of fifty one has failed, most have viewed it; of twenty one clicked, of a hundred one answered.
MESSAGES = f"""
INSERT INTO campaigns_message (project_id, kind, campaign_id, run_id, variant_id, profile_id,
    phone, send_key, state, reason, code, detail, attempt, external_id, created_at, sent_at,
    delivered_at, read_at, clicked_at, replied_at, failed_at)
SELECT project_id, {MessageKind.CAMPAIGN:d}, %(campaign)s, %(run)s, %(variant)s, id, phone,
    match_key, state, CASE WHEN state = {State.FAILED:d} THEN 'reported' ELSE '' END,
    CASE WHEN state = {State.FAILED:d} THEN '003' ELSE '' END, '', 1,
    '5145722132009541678-' || id, %(began)s, sent,
    CASE WHEN state >= {State.DELIVERED:d} THEN sent + interval '8 seconds' END,
    CASE WHEN state = {State.READ:d} THEN sent + id %% 5000 * interval '1 second' END,
    CASE WHEN id %% 20 = 1 THEN sent + id %% 6000 * interval '1 second' END,
    CASE WHEN id %% 100 = 3 THEN sent + id %% 7000 * interval '1 second' END,
    CASE WHEN state = {State.FAILED:d} THEN sent + interval '9 seconds' END
FROM (SELECT p.*, %(began)s + id %% 7200 * interval '1 second' AS sent,
        CASE WHEN id %% 50 = 0 THEN {State.FAILED:d}
            WHEN id %% 5 = 0 THEN {State.DELIVERED:d} ELSE {State.READ:d} END AS state
    FROM campaigns_profile p WHERE project_id = %(project)s ORDER BY id) AS judged
"""
EVENTS = f"""
INSERT INTO campaigns_event (project_id, profile_id, message_id, name, at, properties, dedupe)
SELECT m.project_id, m.profile_id, m.id, e.name, e.at, e.properties, e.dedupe
FROM campaigns_message m CROSS JOIN LATERAL (VALUES
    ('{EventName.SENT}', m.sent_at, '{{}}'::jsonb, 0::bigint),
    ('{EventName.CLICKED}', m.clicked_at, '{{"{BUTTON}": "Shop now"}}', 1),
    ('{EventName.REPLIED}', m.replied_at, '{{"Incoming text": "Is it open on Sunday?"}}', m.id)
) AS e (name, at, properties, dedupe)
WHERE m.run_id = %(run)s AND e.at IS NOT NULL
"""
OPT_OUTS = f"""
INSERT INTO campaigns_subscriptionchange (project_id, match_key, flag, value, source, at, words)
SELECT project_id, send_key, '{SubscriptionChange.Flag.BLOCKED}', true, '{Source.KEYWORD}',
    sent_at + interval '1 hour', 'STOP'
FROM campaigns_message WHERE run_id = %(run)s AND profile_id %% 400 = 7
"""
CONVERSIONS = f"""
INSERT INTO campaigns_conversion (campaign_id, run_id, variant_id, message_id, profile_id, who,
    kind_id, at, fingerprint, value, currency)
SELECT campaign_id, run_id, variant_id, id, profile_id, {ConversionOf.SENT:d}, %(kind)s,
    sent_at + interval '1 hour', id, 499, 'INR'
FROM campaigns_message WHERE run_id = %(run)s AND profile_id %% 200 = 1
"""
COUNT = f"""
INSERT INTO campaigns_tally (run_id, variant_id, name, quarter, n, folded)
SELECT m.run_id, m.variant_id, counted.name, {quarter_of("counted.at")}, count(*), true
FROM campaigns_message m
LEFT JOIN campaigns_conversion c ON c.message_id = m.id
CROSS JOIN LATERAL (VALUES
    ('targeted', NULL::timestamptz, true),
    ('assigned', NULL, %(has_goal)s),
    ('sent', m.sent_at, true),
    ('delivered', m.delivered_at, m.delivered_at IS NOT NULL),
    ('read', m.read_at, m.read_at IS NOT NULL),
    ('clicked', m.clicked_at, m.clicked_at IS NOT NULL),
    ('clicks', m.clicked_at, m.clicked_at IS NOT NULL),
    ('link:Shop now', NULL, m.clicked_at IS NOT NULL),
    ('link_people:Shop now', NULL, m.clicked_at IS NOT NULL),
    ('replied', m.replied_at, m.replied_at IS NOT NULL),
    ('failed', m.failed_at, m.failed_at IS NOT NULL),
    ('failed:reported:003', NULL, m.failed_at IS NOT NULL),
    ('converted', c.at, c.id IS NOT NULL),
    ('conversions', c.at, c.id IS NOT NULL)
) AS counted (name, at, counts)
WHERE m.run_id = %(run)s AND counted.counts
GROUP BY 1, 2, 3, 4
"""


def send_before(project: Project, *, campaigns: int) -> None:
    """To everybody, the oldest first, the newest today."""
    EventKind.objects.create(project=project, name=GOAL_EVENT, key=GOAL_EVENT.lower())
    for number in range(campaigns):
        began = timezone.now() - LASTED - (campaigns - 1 - number) * APART
        _send(project, began, has_goal=number % 2 == 1)


def _send(project: Project, began: datetime, *, has_goal: bool) -> None:
    sent = _run(project, began, has_goal=has_goal)
    given: dict[str, Any] = {
        "project": project.pk,
        "campaign": sent.campaign_id,
        "run": sent.pk,
        "variant": sent.campaign.variants.get().pk,
        "began": began,
        "has_goal": has_goal,
        "kind": sent.goal.kind_id if sent.goal else None,
    }
    statements = (MESSAGES, EVENTS, OPT_OUTS, *([CONVERSIONS] if has_goal else []), COUNT)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, given)


def _run(project: Project, began: datetime, *, has_goal: bool) -> Run:
    """Of a campaign that is over."""
    campaign = make_campaign(project)
    goal = {"event": GOAL_EVENT, "minutes": 1440} if has_goal else None
    Campaign.objects.filter(pk=campaign.pk).update(
        status=CampaignStatus.COMPLETED,
        goal=goal,
        published_at=began,
        finished_at=began + LASTED,
    )
    campaign.refresh_from_db()
    return Run.objects.create(
        campaign=campaign,
        goal=pinned_goal(campaign),
        last_profile_id=0,
        status=RunStatus.FINISHED,
        started_at=began,
        launched_at=began,
        finished_at=began + LASTED,
    )
