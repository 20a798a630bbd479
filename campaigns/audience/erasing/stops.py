"""A person's own STOP outlives them, as a keyed hash of the phone: whoever learns of a phone asks
here, and the block is there again before anything can be sent to it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from campaigns.audience.erasing.phone_hashes import phone_hash, phone_hashes
from campaigns.audience.subscriptions import MarketingWish, set_block, set_marketing
from campaigns.models import ErasedPhone, PhoneBlock, Source
from providers.models import Project

AT_ONCE = 10_000
BEFORE = "They said so before they were erased."
HAS_STOPPED = Q(blocked=True) | Q(marketing_stopped=True)
# SQL, of the parameter project.
HAS_ANY = """EXISTS (SELECT FROM campaigns_erasedphone
    WHERE project_id = %(project)s AND (blocked OR marketing_stopped))"""
# A STOP of an earlier time that is not recalled yet stays.
REMEMBER = """
INSERT INTO campaigns_erasedphone AS known (project_id, digest, blocked, marketing_stopped, source,
    stopped_at, marketing_stopped_at, erased_at, walked_to)
SELECT %(project)s, digest, blocked, marketing, source, stopped_at, marketing_at, %(at)s, 0
FROM unnest(%(digests)s::bytea[], %(blocked)s::bool[], %(marketing)s::bool[], %(sources)s::text[],
    %(stopped_at)s::timestamptz[], %(marketing_at)s::timestamptz[])
    AS erased (digest, blocked, marketing, source, stopped_at, marketing_at)
ON CONFLICT (project_id, digest) DO UPDATE SET
    blocked = known.blocked OR excluded.blocked,
    marketing_stopped = known.marketing_stopped OR excluded.marketing_stopped,
    source = COALESCE(NULLIF(excluded.source, ''), known.source),
    stopped_at = COALESCE(excluded.stopped_at, known.stopped_at),
    marketing_stopped_at = COALESCE(excluded.marketing_stopped_at, known.marketing_stopped_at),
    erased_at = excluded.erased_at, walked_at = NULL
"""


def remember_phones(project_id: int, match_keys: Iterable[int], *, at: datetime) -> None:
    """Before their blocks go."""
    keys = list(match_keys)
    found = PhoneBlock.objects.filter(project=project_id, match_key__in=keys)
    blocks = {block.match_key: block for block in found}
    said = [_said(blocks.get(key)) for key in keys]
    names = ("blocked", "marketing", "sources", "stopped_at", "marketing_at")
    columns = dict(zip(names, (list(column) for column in zip(*said, strict=True)), strict=False))
    digests = [phone_hash(project_id, key) for key in keys]
    with connection.cursor() as cursor:
        if keys:
            cursor.execute(
                REMEMBER, {"project": project_id, "digests": digests, "at": at, **columns}
            )


def _said(
    block: PhoneBlock | None,
) -> tuple[bool, bool, str, datetime | None, datetime | None]:
    """What the person said; what a file or somebody in the console did goes with the person."""
    if block is None:
        return False, False, "", None, None
    stopped = block.blocked and block.own_word
    marketing_at = block.marketing_changed_at if block.marketing_stopped else None
    return (
        stopped,
        block.marketing_stopped,
        block.source if stopped else "",
        block.changed_at if stopped else None,
        marketing_at,
    )


def recall_stops(project_id: int, match_keys: Iterable[int]) -> int:
    """Blocks those of these phones whose owner had said STOP before being erased. How many."""
    if not has_stops(project_id):
        return 0
    hashes = phone_hashes(project_id, match_keys)
    return sum(_recall(project_id, part, hashes) for part in _parts(list(hashes)))


def has_stops(project_id: int) -> bool:
    """Whether somebody is gone who had said STOP before."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {HAS_ANY}", {"project": project_id})
        found: bool = cursor.fetchone()[0]
    return found


def _parts(digests: list[bytes]) -> Iterable[list[bytes]]:
    return (digests[start : start + AT_ONCE] for start in range(0, len(digests), AT_ONCE))


@transaction.atomic
def _recall(project_id: int, digests: list[bytes], hashes: dict[bytes, int]) -> int:
    stopped = ErasedPhone.objects.filter(HAS_STOPPED, project=project_id, digest__in=digests)
    back = list(stopped.select_for_update().order_by("pk"))
    for phone in back:
        _block_again(phone, hashes[bytes(phone.digest)])
    now_told_by_block = ErasedPhone.objects.filter(pk__in=[phone.pk for phone in back])
    now_told_by_block.update(blocked=False, marketing_stopped=False)
    return len(back)


def _block_again(phone: ErasedPhone, match_key: int) -> None:
    """As of when they said it: a START of theirs since then counts."""
    if phone.marketing_stopped:
        at = phone.marketing_stopped_at or phone.erased_at
        wish = MarketingWish(project_id=phone.project_id, match_key=match_key, stopped=True, at=at)
        set_marketing([wish])
    if phone.blocked:
        set_block(
            Project(pk=phone.project_id),
            match_key,
            blocked=True,
            source=Source(phone.source),
            at=phone.stopped_at or phone.erased_at,
            own_word=True,
            words=BEFORE,
        )
