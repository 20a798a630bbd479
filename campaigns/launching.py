"""From an audience to message rows, and outbox rows for those that will be sent.

Set-based, in chunks of ascending profile keys: a chunk's rows and the run's cursor commit together,
so a launch that is killed goes on where it was. Everybody in the audience gets exactly one row,
whoever is suppressed with the reason. The same SQL says beforehand how many that will be.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from campaigns.audience.reachability import SUPPRESSION_CASE
from campaigns.models import (
    Audience,
    Campaign,
    CampaignStatus,
    Lane,
    MessageKind,
    OutboxState,
    Profile,
    Reason,
    Run,
    RunStatus,
    State,
)
from campaigns.trial import TRIAL_CASE
from campaigns.waking import wake_sender

CHUNK = 50_000

# One row per profile of the audience: id, phone, match_key, reason (NULL: may be sent to).
AUDIENCE = f"""
SELECT p.id, p.phone, p.match_key, COALESCE({SUPPRESSION_CASE}, {TRIAL_CASE}) AS reason
FROM campaigns_profile p
LEFT JOIN campaigns_phoneblock b ON b.project_id = p.project_id AND b.match_key = p.match_key
WHERE p.project_id = %(project)s AND p.id > %(cursor)s AND p.id <= %(last)s
    AND (%(list)s::bigint IS NULL OR EXISTS (
        SELECT 1 FROM campaigns_listmember l
        WHERE l.custom_list_id = %(list)s AND l.profile_id = p.id))
"""

# Of several profiles with one phone the first gets the message, be it of an earlier chunk. Whom a
# stop overtakes gets a row all the same: nobody of the audience is without one.
JUDGED = f"""
SELECT c.id, c.phone, c.match_key, CASE
    WHEN c.reason IS NOT NULL THEN c.reason
    WHEN row_number() OVER (PARTITION BY c.match_key, c.reason ORDER BY c.id) > 1
        THEN '{Reason.DUPLICATE_PHONE}'
    WHEN EXISTS (SELECT 1 FROM campaigns_message e
        WHERE e.run_id = %(run)s AND e.send_key = c.match_key) THEN '{Reason.DUPLICATE_PHONE}'
    WHEN %(stopped)s THEN '{Reason.CAMPAIGN_STOPPED}'
    END AS reason
FROM chunk c
"""

LAUNCH_CHUNK = f"""
WITH chunk AS MATERIALIZED ({AUDIENCE} ORDER BY p.id LIMIT %(size)s),
judged AS MATERIALIZED ({JUDGED}),
written AS (
    INSERT INTO campaigns_message (project_id, kind, campaign_id, run_id, variant_id, profile_id,
        phone, send_key, state, reason, code, detail, attempt, external_id, created_at)
    SELECT %(project)s, {MessageKind.CAMPAIGN:d}, %(campaign)s, %(run)s, %(variant)s, id, phone,
        CASE WHEN reason IS NULL THEN match_key END,
        CASE WHEN reason IS NULL THEN {State.QUEUED:d} ELSE {State.SUPPRESSED:d} END,
        COALESCE(reason, ''), '', '', 0, '', now()
    FROM judged ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING id, state, reason
),
queued AS (
    INSERT INTO campaigns_outbox (message_id, project_id, campaign_id, run_id, lane, state,
        attempt, due_at)
    SELECT id, %(project)s, %(campaign)s, %(run)s, {Lane.BULK:d}, {OutboxState.READY:d}, 0, now()
    FROM written WHERE state = {State.QUEUED:d} ORDER BY id
),
counted AS (
    INSERT INTO campaigns_tally (run_id, name, n)
    SELECT %(run)s, name, count(*) FROM (
        SELECT 'targeted' AS name FROM written
        UNION ALL SELECT 'queued' FROM written WHERE state = {State.QUEUED:d}
        UNION ALL SELECT 'suppressed' FROM written WHERE state = {State.SUPPRESSED:d}
        UNION ALL SELECT 'suppressed:' || reason FROM written WHERE state = {State.SUPPRESSED:d}
    ) AS names GROUP BY name
)
SELECT count(*), max(id) FROM chunk
"""

FORECAST = f"""
WITH chunk AS MATERIALIZED ({AUDIENCE}), judged AS ({JUDGED})
SELECT COALESCE(reason, ''), count(*) FROM judged GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a launch would do now: `dropped` says how many stay out for which reason."""

    to_send: int
    dropped: dict[Reason, int]

    @property
    def total(self) -> int:
        return self.to_send + sum(self.dropped.values())


def forecast(campaign: Campaign) -> Reach:
    parameters = _parameters(campaign, run_id=None, cursor=0, last=_last_profile_id(campaign))
    with connection.cursor() as cursor:
        cursor.execute(FORECAST, parameters)
        counts = dict(cursor.fetchall())
    to_send = counts.pop("", 0)
    return Reach(to_send=to_send, dropped={Reason(reason): n for reason, n in counts.items()})


def open_run(campaign: Campaign) -> Run:
    """The audience is fixed here: who is imported later is not in this run."""
    return Run.objects.create(
        campaign=campaign,
        number=campaign.runs.count() + 1,
        last_profile_id=_last_profile_id(campaign),
    )


def launch(run_id: int) -> None:
    """All chunks of a run, each in a transaction of its own; also of one that was stopped, so that
    everybody's row says so. Harmless when called again, or beside another call: the run's row is
    locked for each chunk, and who finds it locked goes away."""
    while _launch_chunk(run_id):
        pass


@transaction.atomic
def _launch_chunk(run_id: int) -> bool:
    """Is there more to do?"""
    run = (
        Run.objects.select_for_update(of=["self"], skip_locked=True)
        .select_related("campaign")
        .filter(pk=run_id, status=RunStatus.LAUNCHING)
        .first()
    )
    if run is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            LAUNCH_CHUNK,
            _parameters(run.campaign, run_id=run.pk, cursor=run.cursor, last=run.last_profile_id),
        )
        count, last_id = cursor.fetchone()
    if count < CHUNK:
        _end_launch(run)
        return False
    run.cursor = last_id
    run.save(update_fields=["cursor"])
    return True


def _end_launch(run: Run) -> None:
    run.cursor, run.status, run.launched_at = run.last_profile_id, RunStatus.SENDING, timezone.now()
    run.save(update_fields=["cursor", "status", "launched_at"])
    Campaign.objects.filter(pk=run.campaign_id, status=CampaignStatus.LAUNCHING).update(
        status=CampaignStatus.RUNNING
    )
    wake_sender()


def _last_profile_id(campaign: Campaign) -> int:
    last = Profile.objects.filter(project_id=campaign.project_id).order_by("-pk").first()
    return last.pk if last else 0


def _parameters(
    campaign: Campaign, *, run_id: int | None, cursor: int, last: int
) -> dict[str, int | None]:
    by_list = campaign.audience == Audience.LIST
    # A campaign that is still being written has no row to ask for its variants.
    variant = campaign.variants.order_by("position").first() if campaign.pk else None
    return {
        "project": campaign.project_id,
        "campaign": campaign.pk,
        "run": run_id,
        "variant": variant.pk if variant else None,
        # 0 is no list: a draft that has not chosen one reaches nobody, never everybody.
        "list": (campaign.audience_list_id or 0) if by_list else None,
        "cursor": cursor,
        "last": last,
        "stopped": campaign.status == CampaignStatus.STOPPED,
        "size": CHUNK,
    }
