"""What a campaign's message looks like on the phone of one real person of its audience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaigns.audience.source import AudienceSource
from campaigns.gates.registry import reason_by_lot
from campaigns.models import Campaign, Profile, Variant
from campaigns.planning.occasion_events import event_shown
from campaigns.planning.planned_dates import leaves_at
from campaigns.planning.targeting import audience, parameters_now, source_of, with_variants
from campaigns.planning.variants import variant_of_person
from templates_app.kinds.preview import Preview
from templates_app.rendering.variants import NOBODY, prepare
from templates_app.values.filling import CompiledSlot
from templates_app.values.person import person_seen
from templates_app.values.personalization import PersonalizationError
from templates_app.values.slots import SlotKind, read_value


class Step(StrEnum):
    """Whom to show: the one who was shown, or a neighbour."""

    STAY = "stay"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Example:
    """`person` is None where nobody in the audience can get messages."""

    person: Profile | None
    preview: Preview | None
    problem: str = ""
    variant: Variant | None = None


def example_of(
    campaign: Campaign,
    variant: Variant | None,
    *,
    shown: int | None = None,
    step: Step = Step.STAY,
) -> Example:
    """`shown` is the profile that the page shows now; without one it is the audience's first."""
    person = _choose(campaign, shown=shown, step=step)
    return _example(campaign, variant, person=person) if variant else Example(person, None)


def examples_of(
    campaign: Campaign,
    variants: Sequence[Variant],
    *,
    shown: int | None = None,
    step: Step = Step.STAY,
) -> list[Example]:
    """As `example_of`, one for each variant, all with the values of the same person; one without a
    message where there is no variant."""
    person = _choose(campaign, shown=shown, step=step)
    if not variants:
        return [Example(person, None)]
    return [_example(campaign, variant, person=person) for variant in variants]


def _example(campaign: Campaign, variant: Variant, *, person: Profile | None) -> Example:
    try:
        prepared = prepare(variant.version, variant.values)
    except PersonalizationError as error:
        return Example(person, None, problem=str(error), variant=variant)
    shown_to = {**(person_of(person) if person else NOBODY), **event_shown(campaign)}
    preview = prepared.preview(shown_to, now=leaves_at(campaign).timestamp())
    return Example(person, preview, variant=variant)


def person_of(profile: Profile) -> Mapping[str, object]:
    """A profile as the texts know it: the same as when it is sent."""
    return person_seen(profile, profile.properties)


def wording_of(variant: Variant) -> Preview:
    """The message as its author wrote it, with {{ profile.name }} where a name came to stand."""
    prepared = prepare(variant.version, {})
    return prepared.plan.preview([_as_written(slot, variant) for slot in prepared.slots])


def _as_written(compiled: CompiledSlot, variant: Variant) -> str | None:
    text = read_value(variant.values.get(compiled.slot.key)).text
    # A fixed end is a moment to count down to; of a property nobody can say which.
    return (compiled.finish(text) if compiled.slot.kind is SlotKind.EXPIRY else text) or None


def _choose(campaign: Campaign, *, shown: int | None, step: Step) -> Profile | None:
    """Past the last or before the first person it stays where it is."""
    source, found = source_of(campaign), None
    if shown is not None and step is Step.NEXT:
        found = _first(campaign, source, "id > %(shown)s ORDER BY id", shown)
    elif shown is not None and step is Step.PREVIOUS:
        found = _first(campaign, source, "id < %(shown)s ORDER BY id DESC", shown)
    if found is None and shown is not None:
        found = _first(campaign, source, "id = %(shown)s", shown)
    return found or _first(campaign, source, "true ORDER BY id", None)


def _first(
    campaign: Campaign, source: AudienceSource, where: str, shown: int | None
) -> Profile | None:
    """Of the audience, among those whom no gate that looks at one person leaves out, nor chance. Of
    two with one phone either may be shown: finding out who gets it would take all of them."""
    people = with_variants(audience(source), variant=variant_of_person(campaign))
    sql = f"""
SELECT p.* FROM campaigns_profile p WHERE p.id = (
    SELECT id FROM ({people}) AS judged
    WHERE reason IS NULL AND ({reason_by_lot()}) IS NULL AND {where} LIMIT 1
)
"""
    parameters = {**parameters_now(campaign, source), "shown": shown}
    return next(iter(Profile.objects.raw(sql, parameters)), None)
