"""The two flags that say who wants our messages, and the record of each change of them.

Imports change them by the thousand in statements of their own (saving_people.py), by these rules.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.db.models import Q

from campaigns.models import PhoneBlock, Profile, Source, SubscriptionChange
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
INSERT INTO campaigns_subscriptionchange (project_id, match_key, flag, value, source, at)
SELECT %(project)s, match_key, '{SubscriptionChange.Flag.BLOCKED}', blocked, %(source)s, %(at)s
FROM written
"""

SET_SUBSCRIBED = f"""
WITH written AS (
    UPDATE campaigns_profile SET subscribed = %(value)s
    WHERE id = %(profile)s AND subscribed IS DISTINCT FROM %(value)s
    RETURNING id, project_id
)
INSERT INTO campaigns_subscriptionchange (project_id, profile_id, flag, value, source, at)
SELECT project_id, id, '{SubscriptionChange.Flag.SUBSCRIBED}', %(value)s, %(source)s, %(at)s
FROM written
"""


def set_block(
    project: Project,
    match_key: int,
    *,
    blocked: bool,
    source: Source,
    at: datetime,
    own_word: bool = False,
) -> bool:
    """MSG-dndWhatsApp of a phone, whether or not a profile has it. True if that changed anything.

    `own_word`: the person asked for it, by STOP, START or a button.
    """
    values: dict[str, Value] = {
        "project": project.pk,
        "match_key": match_key,
        "blocked": blocked,
        "own_word": own_word,
        "source": source.value,
        "at": at,
    }
    return _execute(SET_BLOCK, values)


def set_subscribed(
    profile: Profile, *, subscribed: bool | None, source: Source, at: datetime
) -> bool:
    """MSG-whatsapp of a profile; None is “not set”. True if that changed anything."""
    values: dict[str, Value] = {
        "profile": profile.pk,
        "value": subscribed,
        "source": source.value,
        "at": at,
    }
    return _execute(SET_SUBSCRIBED, values)


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


def is_blocked(project: Project, match_key: int) -> bool:
    """Whether this phone has opted out, or was blocked in the console."""
    return PhoneBlock.objects.filter(project=project, match_key=match_key, blocked=True).exists()


def history_of(profile: Profile, *, most: int) -> list[SubscriptionChange]:
    """The newest changes of the profile's flag and of its phone's."""
    about = Q(profile=profile)
    if profile.match_key is not None:
        about |= Q(match_key=profile.match_key)
    changes = SubscriptionChange.objects.filter(about, project=profile.project_id)
    return list(changes.order_by("-at", "-pk")[:most])
