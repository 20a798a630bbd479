"""Whom a campaign would leave out because of their values: the messages are made, and not sent.

Of a small audience everybody's message is made, as the sending worker makes it. Of a large one that
would take a minute, so it is a sample: people from many places all over the audience.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from campaigns.audience.source import EVERYBODY, AudienceSource
from campaigns.models import Campaign, Profile, Reason, Variant, VariantsBy
from campaigns.planning.occasion_events import event_shown
from campaigns.planning.planned_dates import leaves_at
from campaigns.planning.previewing import person_of
from campaigns.planning.targeting import (
    audience,
    judged_audience,
    parameters_now,
    source_of,
    with_variants,
)
from campaigns.planning.variants import name_of, variant_of_person, variant_parameters
from templates_app.rendering.variants import Prepared, UnusableValueError, prepare
from templates_app.values.slots import Slot, SlotKind

EXACT = 10_000  # people; about a second
PLACES, NEIGHBOURS = 1_000, 5  # of a sample
MOST_NAMED = 20


def _those_of_all(campaign: Campaign, source: AudienceSource) -> str:
    return f"""
SELECT id FROM ({judged_audience(campaign, source)}) AS judged
WHERE reason IS NULL AND {_gets_it(campaign)} ORDER BY id LIMIT {EXACT}
"""


def _gets_it(campaign: Campaign) -> str:
    """SQL of rows with variant_id: this one of several. Of a test, anybody may."""
    if campaign.variants_by == VariantsBy.TEST:
        return "true"
    return "(%(variant)s::bigint IS NULL OR variant_id = %(variant)s)"


def _neighbourhood(source: AudienceSource) -> str:
    """The next ones from each place, by an index. Before anything is asked about them: a planner
    that expects to find few of many reads everybody behind each place. A rule is evaluated once;
    of those whom it finds, chance takes as many."""
    if source.is_rule:
        return f"""
SELECT id FROM ({source.sql}) AS meant (id)
ORDER BY md5(%(campaign)s || ':' || id) LIMIT {PLACES * NEIGHBOURS}
"""
    return f"""
SELECT DISTINCT near.id FROM unnest(%(places)s::bigint[]) AS place (id)
CROSS JOIN LATERAL (SELECT id FROM ({source.sql}) AS meant (id)
    WHERE id >= place.id ORDER BY id LIMIT {NEIGHBOURS}) AS near
"""


def _those_of_a_sample(campaign: Campaign, source: AudienceSource) -> str:
    """Somebody's duplicate may be among them, who needs all the others to be found. Whom the source
    means is asked once, where they are near."""
    near = f"{audience(replace(source, sql=EVERYBODY.sql))} AND p.id IN (SELECT id FROM near)"
    people = with_variants(near, variant=variant_of_person(campaign))
    return f"""
WITH near AS MATERIALIZED ({_neighbourhood(source)})
SELECT id FROM ({people}) AS chosen
WHERE reason IS NULL AND {_gets_it(campaign)}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """So many of those who were looked at, for one reason in one place of the template. `people`
    are the first of them."""

    reason: Reason
    slot: Slot
    count: int
    people: list[Profile]

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.people)

    @property
    def is_file(self) -> bool:
        """Then a link that Gupshup can't open counts as none."""
        return self.slot.kind is SlotKind.MEDIA


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """`expected`: how many the campaign would be sent to; `looked_at`: whose message was made."""

    expected: int
    looked_at: int
    is_sample: bool
    left_out: list[LeftOut]
    letter: str = ""  # of one variant among several

    @property
    def total(self) -> int:
        """Of all who are expected; about, where it is a sample."""
        found = sum(part.count for part in self.left_out)
        if not self.is_sample or not self.looked_at:
            return found
        return round(found * self.expected / self.looked_at)


def dry_run(
    campaign: Campaign, variant: Variant, *, expected: int, among: Sequence[Variant] = ()
) -> DryRun:
    """`expected` decides whether it is a sample; it comes from targeting.forecast. Where it is one
    `among` several variants, of those who get it."""
    prepared = prepare(variant.version, variant.values)
    if all(slot.constant is not None for slot in prepared.slots):
        return DryRun(expected=expected, looked_at=expected, is_sample=False, left_out=[])
    letter = variant.letter if among[1:] else ""
    is_sample = expected > EXACT
    only: dict[str, object] = {"variant": None}
    if among[1:]:
        only = {**variant_parameters(campaign, among), "variant": name_of(variant)}
    ids = _sample(campaign, only) if is_sample else _everybody(campaign, only)
    return DryRun(
        expected=expected,
        looked_at=len(ids),
        is_sample=is_sample,
        left_out=_look(
            prepared, ids, now=leaves_at(campaign).timestamp(), more=event_shown(campaign)
        ),
        letter=letter,
    )


def _look(
    prepared: Prepared, ids: list[int], *, now: float, more: Mapping[str, Any]
) -> list[LeftOut]:
    """`more` is what a text sees beside the person."""
    slots = {each.slot.key: each.slot for each in prepared.slots}
    counts = Counter[tuple[str, str]]()
    named = defaultdict[tuple[str, str], list[Profile]](list)
    for profile in _profiles(ids):
        try:
            prepared.request(
                person={**person_of(profile), **more},
                phone=profile.phone,
                msg_id="",
                extra="",
                now=now,
            )
        except UnusableValueError as problem:
            case = (problem.reason, problem.slot)
            counts[case] += 1
            if counts[case] <= MOST_NAMED:
                named[case].append(profile)
    return [
        LeftOut(reason=Reason(reason), slot=slots[key], count=n, people=named[reason, key])
        for (reason, key), n in counts.most_common()
    ]


def _profiles(ids: list[int]) -> Iterator[Profile]:
    return Profile.objects.filter(pk__in=ids).order_by("pk").iterator(chunk_size=2_000)


def _everybody(campaign: Campaign, only: Mapping[str, object]) -> list[int]:
    source = source_of(campaign)
    return _ids(_those_of_all(campaign, source), {**parameters_now(campaign, source), **only})


def _sample(campaign: Campaign, only: Mapping[str, object]) -> list[int]:
    source = source_of(campaign)
    parameters = {**parameters_now(campaign, source), **only}
    dice = random.Random(campaign.pk)  # noqa: S311  no secret; the same people at each look
    first = _first_id(campaign)
    places = [dice.randint(first, parameters["last"]) for _ in range(PLACES)]
    return _ids(_those_of_a_sample(campaign, source), {**parameters, "places": places})


def _first_id(campaign: Campaign) -> int:
    """Other projects' people come before it: a place among them would be no place."""
    first = Profile.objects.filter(project_id=campaign.project_id).order_by("pk").first()
    return first.pk if first else 0


def _ids(sql: str, parameters: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
