"""The two flags that say who wants our messages, and the record of each change of them.

Imports and uploads change them by the thousand in a statement of their own (upserting.py), by these
rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from campaigns.audience.consent import LONGEST
from campaigns.models import (
    PhoneBlock,
    Profile,
    Source,
    SubscriptionChange,
    SubscriptionStart,
)
from providers.models import Project

Value = int | str | datetime | None

# Somebody's own STOP yields to their own later word and to a person in the console, to nothing
# else; their own words count in the order in which they were written.
SET_BLOCK = f"""
WITH written AS (
    INSERT INTO campaigns_phoneblock AS b
        (project_id, match_key, blocked, own_word, source, changed_at)
    VALUES (%(project)s, %(match_key)s, %(blocked)s, %(own_word)s, %(source)s, %(at)s)
    ON CONFLICT (project_id, match_key) DO UPDATE SET blocked = EXCLUDED.blocked,
        own_word = EXCLUDED.own_word, source = EXCLUDED.source, changed_at = EXCLUDED.changed_at
    WHERE (b.blocked <> EXCLUDED.blocked OR (EXCLUDED.own_word AND NOT b.own_word))
        AND CASE WHEN NOT b.own_word THEN true
            WHEN EXCLUDED.own_word THEN EXCLUDED.changed_at >= b.changed_at
            ELSE NOT b.blocked OR EXCLUDED.source = '{Source.CONSOLE}' END
    RETURNING match_key, blocked
)
INSERT INTO campaigns_subscriptionchange (project_id, match_key, flag, value, source, at, words)
SELECT %(project)s, match_key, '{SubscriptionChange.Flag.BLOCKED}', blocked, %(source)s, %(at)s,
    %(words)s
FROM written
"""

# What WhatsApp told last counts, in whatever order it comes.
SET_MARKETING = f"""
WITH told AS MATERIALIZED (
    SELECT DISTINCT ON (project_id, match_key) project_id, match_key, stopped, at
    FROM unnest(%(projects)s::bigint[], %(keys)s::bigint[], %(stopped)s::bool[],
        %(times)s::timestamptz[]) AS t (project_id, match_key, stopped, at)
    ORDER BY project_id, match_key, at DESC
),
written AS (
    INSERT INTO campaigns_phoneblock AS b (project_id, match_key, blocked, own_word, source,
        changed_at, marketing_stopped, marketing_changed_at)
    SELECT project_id, match_key, false, false, '{Source.WHATSAPP}', at, stopped, at FROM told
    ON CONFLICT (project_id, match_key) DO UPDATE
    SET marketing_stopped = EXCLUDED.marketing_stopped,
        marketing_changed_at = EXCLUDED.marketing_changed_at
    WHERE EXCLUDED.marketing_changed_at > COALESCE(b.marketing_changed_at, '-infinity')
    RETURNING project_id, match_key, marketing_stopped AS stopped, marketing_changed_at AS at
)
INSERT INTO campaigns_subscriptionchange (project_id, match_key, flag, value, source, at)
SELECT w.project_id, w.match_key, '{SubscriptionChange.Flag.NO_MARKETING}', w.stopped,
    '{Source.WHATSAPP}', w.at
FROM written w
LEFT JOIN campaigns_phoneblock was
    ON was.project_id = w.project_id AND was.match_key = w.match_key
WHERE COALESCE(was.marketing_stopped, false) <> w.stopped
"""

SET_SUBSCRIBED = f"""
WITH written AS (
    UPDATE campaigns_profile SET subscribed = %(value)s
    WHERE id = %(profile)s AND subscribed IS DISTINCT FROM %(value)s
    RETURNING id, project_id
)
INSERT INTO campaigns_subscriptionchange (project_id, profile_id, flag, value, source, at, words)
SELECT project_id, id, '{SubscriptionChange.Flag.SUBSCRIBED}', %(value)s, %(source)s, %(at)s,
    %(words)s
FROM written
"""

# Of what the flag is by now, whatever somebody's page still shows.
ADD_EVIDENCE = f"""
INSERT INTO campaigns_subscriptionchange (project_id, profile_id, flag, value, source, at, words)
SELECT project_id, id, '{SubscriptionChange.Flag.SUBSCRIBED}', subscribed, %(source)s, %(at)s,
    %(words)s
FROM campaigns_profile WHERE id = %(profile)s
"""


def set_block(
    project: Project,
    match_key: int,
    *,
    blocked: bool,
    source: Source,
    at: datetime,
    own_word: bool = False,
    words: str = "",
) -> bool:
    """MSG-dndWhatsApp of a phone, whether or not a profile has it. True if that changed anything.

    `own_word`: the person asked for it, by STOP, START or a button, whose `words` are kept as
    evidence.
    """
    values: dict[str, Value] = {
        "project": project.pk,
        "match_key": match_key,
        "blocked": blocked,
        "own_word": own_word,
        "source": source.value,
        "at": at,
        "words": words[:LONGEST],
    }
    return _execute(SET_BLOCK, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketingWish:
    """What somebody told WhatsApp itself about marketing from this business."""

    project_id: int
    match_key: int
    stopped: bool
    at: datetime


def set_marketing(wishes: Sequence[MarketingWish]) -> None:
    if not wishes:
        return
    columns: dict[str, list[int] | list[bool] | list[datetime]] = {
        "projects": [wish.project_id for wish in wishes],
        "keys": [wish.match_key for wish in wishes],
        "stopped": [wish.stopped for wish in wishes],
        "times": [wish.at for wish in wishes],
    }
    with connection.cursor() as cursor:
        cursor.execute(SET_MARKETING, columns)


def set_subscribed(
    profile: Profile, *, subscribed: bool | None, source: Source, at: datetime, words: str = ""
) -> bool:
    """MSG-whatsapp of a profile; None is “not set”. True if that changed anything; only then the
    words are kept by which they agreed."""
    values: dict[str, Value] = {
        "profile": profile.pk,
        "value": subscribed,
        "source": source.value,
        "at": at,
        "words": words,
    }
    return _execute(SET_SUBSCRIBED, values)


def add_evidence(profile: Profile, words: str, *, source: Source, at: datetime) -> None:
    """How we know what MSG-whatsapp is already."""
    values: dict[str, Value] = {"profile": profile.pk, "source": source.value, "at": at}
    _execute(ADD_EVIDENCE, values | {"words": words})


def _execute(statement: str, values: Mapping[str, Value]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)


def block_of(profile: Profile) -> PhoneBlock | None:
    """MSG-dndWhatsApp of the profile's phone; None where it was never set."""
    if profile.match_key is None:
        return None
    blocks = PhoneBlock.objects.filter(project=profile.project_id, match_key=profile.match_key)
    return blocks.first()


def words_of_block(project: Project, match_key: int) -> str:
    """By which somebody asked for it; empty where nobody did."""
    said = SubscriptionChange.objects.filter(
        project=project, match_key=match_key, flag=SubscriptionChange.Flag.BLOCKED, value=True
    )
    return said.order_by("-at", "-pk").values_list("words", flat=True).first() or ""


def is_blocked(project: Project, match_key: int) -> bool:
    """Whether this phone has opted out, or was blocked in the console."""
    return PhoneBlock.objects.filter(project=project, match_key=match_key, blocked=True).exists()


def has_stopped_marketing(project: Project, match_key: int) -> bool:
    """In WhatsApp itself: utility templates and answers still reach this phone."""
    blocks = PhoneBlock.objects.filter(project=project, match_key=match_key)
    return blocks.filter(marketing_stopped=True).exists()


def history_of(profile: Profile, *, most: int) -> list[SubscriptionChange]:
    """The newest changes of the profile's flag and of its phone's, and how its own began."""
    about = Q(profile=profile)
    if profile.match_key is not None:
        about |= Q(match_key=profile.match_key)
    changes = SubscriptionChange.objects.filter(about, project=profile.project_id)
    newest = [*changes.order_by("-at", "-pk")[:most], *_start_of(profile)]
    return sorted(newest, key=lambda change: change.at, reverse=True)[:most]


def _start_of(profile: Profile) -> list[SubscriptionChange]:
    if profile.subscription_start_id is None:
        return []
    starts = SubscriptionStart.objects.filter(pk=profile.subscription_start_id)
    flag = SubscriptionChange.Flag.SUBSCRIBED
    return [
        SubscriptionChange(profile=profile, flag=flag, **told)
        for told in starts.values("project_id", "value", "source", "at", "words")
    ]
