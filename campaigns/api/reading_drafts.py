"""What a program writes of a campaign → the campaign, its parts and its variants, not saved yet.

Unfinished is fine, as on the form; what is said must be right, and all that is wrong is named by
its place.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from campaigns.api.draft_document import FIELDS, LIKE, MOST_FITS, PLAIN
from campaigns.api.reading_audiences import NOT_HERE, read_audience, there_of
from campaigns.audience.segments.knowing import known_events
from campaigns.models import (
    LONGEST_LABEL,
    AudiencePart,
    Campaign,
    CampaignKind,
    OwnTime,
    VariantsBy,
)
from campaigns.planning import goal_document, occasion_document, schedule_document
from campaigns.planning.drafting import Written
from campaigns.planning.goal_document import GoalError, read_goal
from campaigns.planning.labelling import as_spelled
from campaigns.planning.occasion import Deed, Entry, Occasion
from campaigns.planning.occasion_document import OccasionError, read_occasion
from campaigns.planning.schedule_document import ScheduleError, read_schedule
from campaigns.running.accepting import NO_SLOT, NO_TEMPLATE, NOT_APPROVED
from providers.api.bodies import LONGEST_SHOWN, MOST_WRONG
from providers.api.fields import NO_FIELD, read_all, refuse
from providers.api.problems import WrongPart, wrong_value
from providers.models import Project
from providers.names.visible_names import hidden_in
from templates_app.models import Status, Template
from templates_app.rendering.variants import slots_of

ONE_TIME = "It goes out at “starts_at”, by a “schedule” or by an “occasion”: choose one."
BAD_LABEL = f"It is no text of 1 to {LONGEST_LABEL} visible characters without commas."
ONE_MESSAGE = "Several need “variants_by”, which says who gets which."
BAD_VARIANT = "It is no object with a “template”, a “language” and, if wanted, “values”."
BAD_VALUE = "It is no object with a “text” and, if wanted, a “fallback”."
BAD_SHARE = "It is no number from 1 to 99."
BAD_FITS = f"It is no list of at most {MOST_FITS} texts, each in one line."

Wrong = list[WrongPart]
Read = TypeVar("Read")
Templates = Mapping[tuple[str, str], Template]


@dataclass(frozen=True, slots=True)
class Draft:
    """`fields` are attributes of a campaign by their names."""

    fields: Mapping[str, Any]
    parts: list[AudiencePart]
    written: list[Written]

    def put_into(self, campaign: Campaign) -> Campaign:
        for name, value in self.fields.items():
            setattr(campaign, name, value)
        campaign.unsaved_parts = self.parts
        return campaign


def read_draft(project: Project, body: Mapping[str, Any]) -> Draft:
    """What it does not say becomes what a new campaign has. Raises Problem."""
    given = read_all(body, FIELDS)
    wrong: Wrong = []
    if "name" not in given:
        wrong.append(WrongPart("name", "missing", "It is needed."))
    fields = {name: given.get(name, _usual(name)) for name in ("name", *PLAIN)}
    fields["labels"] = _labels(project, given.get("labels", []), wrong)
    fields |= _documents(project, given, wrong)
    if fields["kind"] == CampaignKind.LIVE:
        fields["own_time"] = OwnTime.NO.value  # it has no time that clocks could show
    fields["audience"], parts = read_audience(project, given.get("audience", {}), wrong)
    written = _variants(project, given.get("variants", []), wrong)
    if len(written) > 1 and fields["variants_by"] == VariantsBy.ONE:
        wrong.append(wrong_value("variants", ONE_MESSAGE))
    refuse(wrong)
    return Draft(fields, parts, written)


def _usual(name: str) -> Any:
    return Campaign._meta.get_field(name).get_default()  # type: ignore[union-attr]


def _labels(project: Project, given: Sequence[Any], wrong: Wrong) -> list[str]:
    labels: dict[str, str] = {}
    for number, label in enumerate(given):
        words = " ".join(label.split()) if isinstance(label, str) else ""
        if not 0 < len(words) <= LONGEST_LABEL or "," in words or hidden_in(words):
            wrong.append(wrong_value(f"labels.{number}", BAD_LABEL))
        labels.setdefault(words.casefold(), words)
    return as_spelled(project, list(labels.values())) if labels else []


def _documents(project: Project, given: Mapping[str, Any], wrong: Wrong) -> dict[str, Any]:
    """How often it goes out, and what it is to bring about."""
    schedule, occasion, goal = (given.get(name) for name in ("schedule", "occasion", "goal"))
    if sum(name in given for name in ("starts_at", "schedule", "occasion")) > 1:
        wrong.append(wrong_value("starts_at", ONE_TIME))
    kind = CampaignKind.ONCE
    if schedule is not None:
        kind = CampaignKind.RECURRING
    if occasion is not None:
        kind = CampaignKind.LIVE
    for name, check in _CHECKS.items():
        if (document := given.get(name)) is not None and _has_known_names(name, document, wrong):
            check(project, document, wrong)
    return {"kind": kind.value, "schedule": schedule, "occasion": occasion, "goal": goal}


_NAMES = {
    "schedule": schedule_document.NAMES,
    "occasion": occasion_document.NAMES,
    "goal": goal_document.NAMES,
}
_UNREADABLE = (schedule_document.UNREADABLE, occasion_document.UNREADABLE)


def _has_known_names(name: str, document: Mapping[str, Any], wrong: Wrong) -> bool:
    unknown = sorted(document.keys() - _NAMES[name])[:MOST_WRONG]
    wrong += [wrong_value(f"{name}.{each[:LONGEST_SHOWN]}", NO_FIELD) for each in unknown]
    return not unknown


def _check_schedule(_project: Project, schedule: Mapping[str, Any], wrong: Wrong) -> None:
    _try("schedule", lambda: read_schedule(schedule), wrong)


def _check_occasion(project: Project, document: Mapping[str, Any], wrong: Wrong) -> None:
    occasion = _try("occasion", lambda: read_occasion(document), wrong)
    if occasion is not None:
        wrong += [
            wrong_value(f"occasion.{path}", NOT_HERE.format(kind))
            for path, kind, number in _named_by(occasion)
            if not there_of(project, kind, [number])
        ]


def _named_by(occasion: Occasion) -> Iterator[tuple[str, str, int]]:
    """What of the project's: where it stands, its kind, and its number."""
    if isinstance(occasion.did, Entry):
        yield "entered", "segment", occasion.did.segment
    for path, deed in (("did.of", occasion.did), ("unless.of", occasion.unless)):
        if isinstance(deed, Deed) and deed.of is not None:
            yield path, "campaign", deed.of


def _try(name: str, read: Callable[[], Read], wrong: Wrong) -> Read | None:
    """Whoever writes a program has nothing to choose again, as somebody at the form has."""
    try:
        return read()
    except (ScheduleError, OccasionError) as refused:
        words = f"It can't be read. It is like {LIKE[name]}."
        wrong.append(wrong_value(name, words if str(refused) in _UNREADABLE else str(refused)))
        return None


def _check_goal(project: Project, goal: Mapping[str, Any], wrong: Wrong) -> None:
    event = goal.get("event")
    known = known_events(project, [event] if isinstance(event, str) else [])
    try:
        read_goal(goal, known)
    except GoalError as refused:
        wrong += [wrong_value(f"goal.{name}", words) for name, words in refused.fields.items()]


_CHECKS: Mapping[str, Callable[[Project, Mapping[str, Any], Wrong], None]] = {
    "schedule": _check_schedule,
    "occasion": _check_occasion,
    "goal": _check_goal,
}


def _variants(project: Project, given: Sequence[Any], wrong: Wrong) -> list[Written]:
    names = [each.get("template") for each in given if isinstance(each, dict)]
    wanted = [name for name in names if isinstance(name, str)]
    found = Template.objects.filter(project=project, name__in=wanted, current__isnull=False)
    found = found.select_related("current__template__project")
    templates = {(each.name, each.language): each for each in found}
    read = [_variant(position, each, templates, wrong) for position, each in enumerate(given)]
    return [variant for variant in read if variant is not None]


def _variant(position: int, given: Any, templates: Templates, wrong: Wrong) -> Written | None:
    at = f"variants.{position}"
    match given:
        case {"template": str(name), "language": str(language)} if not given.keys() - _OF_VARIANT:
            template = templates.get((name, language))
        case _:
            wrong.append(wrong_value(at, BAD_VARIANT))
            return None
    if template is None or template.status != Status.APPROVED:
        status = Status(template.status).label.lower() if template else ""
        words = NOT_APPROVED.format(status=status) if template else NO_TEMPLATE
        wrong.append(wrong_value(f"{at}.template", words))
        return None
    return Written(
        template=template,
        values=_values(at, given.get("values"), template, wrong),
        position=position,
        share=_share(at, given.get("share"), wrong),
        fits=_fits(at, given.get("fits"), wrong),
    )


_OF_VARIANT = {"template", "language", "values", "share", "fits"}


def _values(at: str, given: Any, template: Template, wrong: Wrong) -> dict[str, object]:
    if given is not None and not isinstance(given, dict):
        wrong.append(wrong_value(f"{at}.values", BAD_VALUE))
    if not given or not isinstance(given, dict) or template.current is None:
        return {}
    known = {slot.key for slot in slots_of(template.current)}
    for key, value in given.items():
        if key not in known:
            wrong.append(wrong_value(f"{at}.values.{key[:100]}", NO_SLOT))
        elif not _is_value(value):
            wrong.append(wrong_value(f"{at}.values.{key}", BAD_VALUE))
    return {key: {"fallback": "", **value} for key, value in given.items() if _is_value(value)}


def _is_value(value: Any) -> bool:
    if not isinstance(value, dict) or not {"text"} <= value.keys() <= {"text", "fallback"}:
        return False
    return all(isinstance(text, str) for text in value.values())


def _share(at: str, given: Any, wrong: Wrong) -> int | None:
    if given is None:
        return None
    if type(given) is not int or not 1 <= given <= 99:
        wrong.append(wrong_value(f"{at}.share", BAD_SHARE))
        return None
    return given


def _fits(at: str, given: Any, wrong: Wrong) -> str:
    """One a line."""
    texts = given or []
    is_list = isinstance(texts, list) and len(texts) <= MOST_FITS
    if not is_list or not all(isinstance(t, str) and len(t.splitlines()) < 2 for t in texts):
        wrong.append(wrong_value(f"{at}.fits", BAD_FITS))
        return ""
    return "\n".join(texts)
