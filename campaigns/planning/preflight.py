"""Is a campaign ready to go out? What blocks it, what to expect, where on its page it is mended.

The same checks serve the page while it is written, the publishing, and the start at a set time.
How many people it reaches is not here: targeting.forecast says it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from campaigns.audience.choosing import faults_of
from campaigns.audience.lists import empty_among
from campaigns.gates.registry import foresee
from campaigns.models import (
    UNPUBLISHED,
    Audience,
    Campaign,
    OwnTime,
    Variant,
    VariantsBy,
)
from campaigns.planning.circles import circle_in_words
from campaigns.planning.goals import (
    TEST_WITHOUT_GOAL,
    decides_by_no_goal,
    doubts_about_goal,
    faults_of_goal,
)
from campaigns.planning.mixing import faults_of_variants
from campaigns.planning.occasion import Occasion
from campaigns.planning.occasion_campaigns import campaigns_named
from campaigns.planning.occasion_document import OccasionError
from campaigns.planning.occasion_events import (
    awaited_by,
    properties_of_occasion,
    switched_off_among,
)
from campaigns.planning.occasion_segment import people_in, segment_of
from campaigns.planning.planned_dates import coming_dates, leaves_at, next_meant_at
from campaigns.planning.schedule_document import ScheduleError
from campaigns.planning.variants import has_rest
from providers.connection.connecting import CONNECT_FIRST, is_connected
from providers.models import Project, Provider
from templates_app.models import Status, Template, TemplateVersion
from templates_app.rendering.checking import asked_of_event, check_values, with_label
from templates_app.rendering.variants import slots_of
from templates_app.rules.problems import Severity

CHOOSE_DAYS = "Choose on which days it goes out."
HAS_TO_RECUR = (
    "A change of a campaign that recurs has to recur, too. To send it once, clone the campaign."
)
NO_TEST_AGAIN = (
    "A test decides once, so it can't recur. Send it once, or say the same to everybody each time."
)
CHOOSE_EVENT = "Choose what sets it off."
NO_EVENT_HERE = (
    "Only a campaign that goes out when something happens knows an event: take {{ event.… }} out."
)
NO_LIVE_TEST = (
    "A test decides once, and people enter this campaign one by one. Split it by shares, or say the"
    " same to everybody."
)
NO_LIVE_CAP = (
    "People enter this campaign one by one, so it can't choose some of them beforehand. Take the"
    " limit out; an end, or messages per minute, hold it back."
)
NO_OWN_TIME_FOR_TEST = (
    "When a test has gone out, its time has passed everywhere, so that nobody would get the winner."
    " Let whoever is past it get it the next day."
)
NO_DATE_LEFT = "None of its dates is still to come. Choose a later end, or none."


class Section(StrEnum):
    """A part of the campaign's page."""

    START = "start"
    WHO = "who"
    WHAT = "what"
    WHEN = "when"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`message` is a whole sentence; `slot` the key of the value it is about, if any, in the
    variant at `position`. `lacks`: something was not written yet, and nothing that was is wrong."""

    section: Section
    message: str
    slot: str = ""
    position: int = 0
    blocks: bool = True
    lacks: bool = False

    @property
    def is_wrong(self) -> bool:
        return self.blocks and not self.lacks


class Lack(StrEnum):
    """What a project must have before a campaign makes sense."""

    PROVIDER = "provider"
    TEMPLATE = "template"


def lack_of(project: Project) -> Lack | None:
    """The first thing that is missing."""
    if not Provider.objects.filter(project=project).exists():
        return Lack.PROVIDER
    if not Template.objects.sendable().filter(project=project).exists():
        return Lack.TEMPLATE
    return None


def findings(
    campaign: Campaign,
    variants: Sequence[Variant],
    *,
    known_properties: Collection[str] | None = None,
) -> list[Finding]:
    """Of a campaign and its variants as they are in memory, saved or not. Without
    `known_properties` no property counts as unknown."""
    return [
        *_about_start(campaign),
        *_about_audience(campaign),
        *_about_content(campaign, variants, known_properties),
        *_about_time(campaign),
    ]


def blocking(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.blocks]


def variants_of(campaign: Campaign) -> list[Variant]:
    return list(campaign.variants.select_related("version__template__project").order_by("position"))


def _about_start(campaign: Campaign) -> Iterator[Finding]:
    if not campaign.name.strip():
        yield Finding(section=Section.START, message="Give the campaign a name.", lacks=True)
    if not is_connected(campaign.project_id):
        yield Finding(
            section=Section.START,
            message=CONNECT_FIRST,
            lacks=True,
        )
    for fault in faults_of_goal(campaign):
        yield Finding(section=Section.START, message=fault)
    for doubt in doubts_about_goal(campaign):
        yield Finding(section=Section.START, message=doubt, blocks=False)


def _about_audience(campaign: Campaign) -> Iterator[Finding]:
    parts = campaign.all_parts
    if campaign.audience not in (Audience.EVERYBODY, Audience.SOME):
        yield Finding(section=Section.WHO, message="Choose who gets it.", lacks=True)
    elif campaign.audience == Audience.SOME and all(part.is_left_out for part in parts):
        yield Finding(
            section=Section.WHO, message="Choose the segments and lists to send to.", lacks=True
        )
    for fault in faults_of(campaign.project, parts):
        yield Finding(section=Section.WHO, message=fault)
    for custom_list in empty_among(part.custom_list_id for part in parts):
        yield Finding(
            section=Section.WHO,
            message=f"There is nobody in the list “{custom_list}” yet.",
            blocks=False,
        )


def _about_content(
    campaign: Campaign, variants: Sequence[Variant], known: Collection[str] | None
) -> Iterator[Finding]:
    if not variants:
        yield Finding(section=Section.WHAT, message="Choose a template.", lacks=True)
    for fault in faults_of_variants(campaign, variants, known_properties=known):
        yield Finding(section=Section.WHAT, message=fault.message, lacks=fault.lacks)
    if decides_by_no_goal(campaign):
        yield Finding(section=Section.WHAT, message=TEST_WITHOUT_GOAL)
    for variant in variants:
        own = [
            *_about_template(variant.version),
            *_about_values(variant, known, leaves_at(campaign)),
            *_about_event_values(campaign, variant),
        ]
        yield from (_named(finding, variant) for finding in own) if len(variants) > 1 else own


def _named(finding: Finding, variant: Variant) -> Finding:
    """Where there are several."""
    message = f"Variant {variant.letter}: {finding.message}"
    return replace(finding, message=message, position=variant.position)


RATED = {"red": "low", "yellow": "medium"}  # by what it told


def _about_template(version: TemplateVersion) -> Iterator[Finding]:
    template = version.template
    if template.status != Status.APPROVED:
        yield Finding(
            section=Section.WHAT,
            message=f"The template “{template}” is {template.get_status_display().lower()}; "
            "only an approved one can be sent.",
        )
    if template.quality in RATED:
        yield Finding(
            section=Section.WHAT,
            message=f"Meta rates the template “{template}” {RATED[template.quality]}: people block "
            "or report it, and what is rated low gets paused. Send it to fewer people, or another "
            "one.",
            blocks=False,
        )
    if template.current_id != version.pk:
        yield Finding(
            section=Section.WHAT,
            message=f"The wording of the template “{template}” was changed after this campaign "
            "was saved. Look at the preview and save the campaign again.",
        )


def _about_values(
    variant: Variant, known: Collection[str] | None, leaves_at: datetime
) -> Iterator[Finding]:
    slots = slots_of(variant.version)
    problems = check_values(
        variant.version, variant.values, known_properties=known, leaves_at=leaves_at
    )
    for problem in problems:
        yield Finding(
            section=Section.WHAT,
            message=with_label(problem, slots),
            slot=problem.place,
            blocks=problem.severity is Severity.ERROR,
            lacks=problem.code == "VALUE_MISSING",
        )


def _about_event_values(campaign: Campaign, variant: Variant) -> Iterator[Finding]:
    """Of what people did only a live campaign knows anything."""
    asked = asked_of_event(variant.values)
    if not asked:
        return
    known = properties_of_occasion(campaign)
    for slot, names in asked.items():
        if known is None:
            yield Finding(section=Section.WHAT, message=NO_EVENT_HERE, slot=slot)
            continue
        for name in sorted(names - known):
            words = f"No event of that name has had a property “{name}” yet."
            yield Finding(section=Section.WHAT, message=words, slot=slot, blocks=False)


def _about_time(campaign: Campaign) -> Iterator[Finding]:
    if _is_planned_for_the_past(campaign):
        yield Finding(
            section=Section.WHEN,
            message="That time has passed. Choose a later one, or let the campaign go out as soon "
            "as it is published.",
        )
    if campaign.own_time == OwnTime.LEAVE_OUT and has_rest(campaign):
        yield Finding(section=Section.WHEN, message=NO_OWN_TIME_FOR_TEST)
    yield from _about_schedule(campaign)
    yield from _about_occasion(campaign)
    for foreseen in foresee(campaign, starts_at=next_meant_at(campaign)):
        yield Finding(section=Section.WHEN, message=foreseen.message, blocks=foreseen.blocks)
    yield from _about_quiet_hours(campaign)


def _is_planned_for_the_past(campaign: Campaign) -> bool:
    """Before it is published: one that was scheduled is looked at again when its time has come."""
    is_draft = campaign.status in UNPUBLISHED
    return is_draft and campaign.starts_at is not None and campaign.starts_at <= timezone.now()


def _about_schedule(campaign: Campaign) -> Iterator[Finding]:
    """That a date is still to come counts before it is published; at its last one there is none."""
    if not campaign.recurs:
        if campaign.version_of_id is not None:
            yield Finding(section=Section.WHEN, message=HAS_TO_RECUR)
        return
    if campaign.variants_by == VariantsBy.TEST:
        yield Finding(section=Section.WHEN, message=NO_TEST_AGAIN)
    if campaign.schedule is None:
        yield Finding(section=Section.WHEN, message=CHOOSE_DAYS, lacks=True)
        return
    try:
        dates = coming_dates(campaign)
    except ScheduleError as unreadable:
        yield Finding(section=Section.WHEN, message=str(unreadable))
        return
    if campaign.status in UNPUBLISHED and not dates:
        yield Finding(section=Section.WHEN, message=NO_DATE_LEFT)


def _about_occasion(campaign: Campaign) -> Iterator[Finding]:
    if not campaign.is_live:
        return
    if campaign.variants_by == VariantsBy.TEST:
        yield Finding(section=Section.WHEN, message=NO_LIVE_TEST)
    if campaign.most_people is not None:
        yield Finding(section=Section.WHO, message=NO_LIVE_CAP)
    if campaign.occasion is None:
        yield Finding(section=Section.WHEN, message=CHOOSE_EVENT, lacks=True)
        return
    try:
        awaited = awaited_by(campaign)
    except OccasionError as refused:
        yield Finding(section=Section.WHEN, message=str(refused))
        return
    for words in (*switched_off_among(awaited), *_about_others(campaign, awaited.occasion)):
        yield Finding(section=Section.WHEN, message=words)


def _about_others(campaign: Campaign, occasion: Occasion) -> Iterator[str]:
    """Of a segment that people have to come into, and of campaigns whose messages are meant."""
    try:
        campaigns_named(campaign, occasion)
        if segment := segment_of(campaign):
            people_in(segment)
    except OccasionError as refused:
        yield str(refused)
        return
    if circle := circle_in_words(campaign):
        yield circle


def _about_quiet_hours(campaign: Campaign) -> Iterator[Finding]:
    if (campaign.quiet_from is None) != (campaign.quiet_until is None):
        yield Finding(
            section=Section.WHEN,
            message="Quiet hours need a beginning and an end, or neither.",
            lacks=True,
        )
    elif campaign.quiet_from is not None and campaign.quiet_from == campaign.quiet_until:
        yield Finding(section=Section.WHEN, message="Quiet hours can't end when they begin.")
