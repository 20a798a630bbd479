"""The act behind every door through which programs tell who wants no messages any more, or wants
them again: records come, each gets its verdict.

A record is {"type": "whatsapp", "value": a phone, "status": "Unsubscribe" or "Resubscribe"}. It is
about the phone, whether or not a profile has it. Of several about one phone the last one counts.
What its owner has said by STOP stays: only they, or somebody in the console, can take it back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from campaigns.audience.collisions import again_after_a_collision
from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.uploads.reading_persons import read_given_phone
from campaigns.audience.uploads.verdicts import Outcome, RecordRefused, Verdict
from campaigns.models import Source, SubscriptionChange
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

STATUSES = {"unsubscribe": True, "resubscribe": False}
FIELDS = {"type", "value", "status"}
NO_OBJECT = "The record is no object."
OTHER_TYPE = "The type is not “whatsapp”."
OTHER_STATUS = "The status is neither “Unsubscribe” nor “Resubscribe”."
OWN_STOP = (
    "Its owner has asked for no more messages (STOP). Only they can take that back, or somebody in "
    "the console."
)

# In the order of the phones, so that two who tell of the same wait for each other. A phone that
# nobody ever spoke of is not blocked already.
_TELL = f"""
WITH told AS MATERIALIZED (
    SELECT match_key, blocked FROM unnest(%(keys)s::bigint[], %(blocked)s::bool[])
        AS t (match_key, blocked) ORDER BY match_key
),
written AS (
    INSERT INTO campaigns_phoneblock AS b
        (project_id, match_key, blocked, own_word, source, changed_at)
    SELECT %(project)s, t.match_key, t.blocked, false, '{Source.API}', now() FROM told t
    WHERE t.blocked OR EXISTS (SELECT FROM campaigns_phoneblock known
        WHERE known.project_id = %(project)s AND known.match_key = t.match_key)
    ORDER BY t.match_key
    ON CONFLICT (project_id, match_key) DO UPDATE SET blocked = EXCLUDED.blocked, own_word = false,
        source = EXCLUDED.source, changed_at = EXCLUDED.changed_at
    WHERE b.blocked <> EXCLUDED.blocked AND NOT (b.blocked AND b.own_word)
    RETURNING b.match_key, b.blocked
),
history AS (
    INSERT INTO campaigns_subscriptionchange (project_id, match_key, flag, value, source, at,
        words)
    SELECT %(project)s, match_key, '{SubscriptionChange.Flag.BLOCKED}', blocked, '{Source.API}',
        now(), %(words)s
    FROM written
)
SELECT t.match_key, w.match_key IS NOT NULL,
    NOT t.blocked AND COALESCE(b.blocked AND b.own_word, false)
FROM told t LEFT JOIN written w ON w.match_key = t.match_key
LEFT JOIN campaigns_phoneblock b ON b.project_id = %(project)s AND b.match_key = t.match_key
"""


class _Told(NamedTuple):
    match_key: int
    blocked: bool


def upload(project: Project, records: Sequence[object], *, by: Actor) -> list[Verdict]:
    """In the order of the records."""
    verdicts: dict[int, Verdict] = {}
    told: dict[int, _Told] = {}
    for number, record in enumerate(records):
        try:
            told[number] = _read(record, default_country=project.default_country)
        except RecordRefused as problem:
            verdicts[number] = problem.verdict
    if told:
        found = _tell(project, {one.match_key: one.blocked for one in told.values()}, by=by)
        verdicts |= {number: found[one.match_key] for number, one in told.items()}
    return [verdicts[number] for number in range(len(records))]


def _read(record: object, *, default_country: str) -> _Told:
    if not isinstance(record, Mapping):
        raise RecordRefused(NO_OBJECT, code="record.not_an_object")
    if unknown := sorted(set(record) - FIELDS):
        words = f"There is no field “{unknown[0][:100]}” here."
        raise RecordRefused(words, code="record.unknown_field")
    if record.get("type") != "whatsapp":
        raise RecordRefused(OTHER_TYPE, code="subscription.type")
    phone = read_given_phone(record.get("value"), default_country=default_country)
    return _Told(phone.match_key, STATUSES[_status_of(record)])


def _status_of(record: Mapping[str, Any]) -> str:
    status = record.get("status")
    if not isinstance(status, str) or status.lower() not in STATUSES:
        raise RecordRefused(OTHER_STATUS, code="subscription.status")
    return status.lower()


@again_after_a_collision
def _tell(project: Project, wanted: Mapping[int, bool], *, by: Actor) -> dict[int, Verdict]:
    recall_stops(project.pk, wanted)
    blocked = list(wanted.values())
    values: dict[str, Any] = {"project": project.pk, "keys": list(wanted), "blocked": blocked}
    values["words"] = f"Told by {by.name}." if by.key else ""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, values)
        rows = cursor.fetchall()
    if changed := sum(is_written for _key, is_written, _own in rows):
        note = f"{changed} phones"
        auditing.record("subscription.uploaded", by=by, project=project, note=note)
    return {key: _verdict(is_written=written, is_held=held) for key, written, held in rows}


def _verdict(*, is_written: bool, is_held: bool) -> Verdict:
    if is_held:
        return Verdict(Outcome.REFUSED, "subscription.own_stop", OWN_STOP)
    return Verdict(Outcome.UPDATED if is_written else Outcome.UNCHANGED)
