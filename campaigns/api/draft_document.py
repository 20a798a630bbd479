"""A campaign as programs write it: what each of its sections may hold, and a campaign told so."""

from collections.abc import Mapping, Sequence
from typing import Any

from campaigns.audience.choosing import MOST_PARTS
from campaigns.models import (
    LEAST_CAP,
    LEAST_TESTED,
    LONGEST_LABEL,
    LONGEST_TEST,
    MOST_VARIANTS,
    Audience,
    AudiencePart,
    Campaign,
    DecidesBy,
    Decision,
    OwnTime,
    QuietAction,
    Slice,
    Variant,
    VariantsBy,
)
from campaigns.planning.drafting import Written
from campaigns.planning.labelling import MOST_LABELS
from campaigns.planning.preflight import variants_of
from providers.api import schemas
from providers.api.fields import (
    LONGEST_TEXT,
    Field,
    a_choice,
    a_clock,
    a_flag,
    a_list,
    a_moment,
    a_name,
    a_number,
    a_text,
    an_object,
    schema_of,
)
from providers.models import MOST_CONTROL
from templates_app.models import Template
from templates_app.values.slots import read_value

LONGEST_NAME, LONGEST_PROPERTY = 100, 120
MOST_PEOPLE, MOST_PER_MINUTE, LONGEST_CUT_OFF = 2_000_000_000, 300_000, 720
MOST_FITS = 200
# What the row holds beside what its documents say, which are read by whoever knows them.
PLAIN = (
    *("control_percent", "most_people", "variants_by", "by_property", "test_percent"),
    *("decides_by", "decides_after", "decision", "starts_at", "own_time", "sends_late"),
    *("ends_at", "cut_off_hours", "quiet_from", "quiet_until", "quiet_action", "per_minute"),
    *("ignores_caps", "resend_in_doubt"),
)

_NAMED = schemas.record(
    {
        "list": schemas.whole(),
        "segment": schemas.whole(),
        "campaign": schemas.whole("Left out alone, with a slice."),
        "slice": schemas.one_of(Slice.values, "Which people of that campaign."),
    },
    needed=[],
)
_AUDIENCE = schemas.record(
    {
        "everybody": schemas.BOOLEAN,
        "take": schemas.list_of(_NAMED, most=MOST_PARTS),
        "leave_out": schemas.list_of(_NAMED, most=MOST_PARTS),
    },
    needed=[],
)
_VALUE = schemas.record(
    {
        "text": schemas.text("Like {{ profile.name }}.", most=LONGEST_TEXT),
        "fallback": schemas.text("For whom it would come out empty.", most=LONGEST_TEXT),
    },
    needed=["text"],
)
_VARIANT = schemas.record(
    {
        "template": schemas.text("Its name; it must be approved."),
        "language": schemas.text("Of the template.", example="en"),
        "values": {
            "type": "object",
            "additionalProperties": _VALUE,
            "description": "For each slot of the template, by its key.",
        },
        "share": schemas.or_null(schemas.whole("In percent, where it is split.")),
        "fits": schemas.list_of(schemas.text(), most=MOST_FITS)
        | {"description": "The property's values that it is for."},
    },
    needed=["template", "language"],
)
# Each as it may be; docs/api.md has all their fields.
LIKE = {
    "goal": '{"event": "Ordered", "minutes": 4320, "value": "Amount", "currency": "INR"}',
    "schedule": ('{"every": "week", "weekdays": [1, 4], "at": "10:00", "starts_on": "2026-12-01"}'),
    "occasion": (
        '{"did": {"event": "Cart left"}, "delay_minutes": 120, "unless": {"event": "Ordered"}}'
    ),
}


def _document(name: str, words: str) -> Field:
    return an_object({"type": "object", "description": f"{words} Like {LIKE[name]}."})


_WHOSE_TIME = a_choice(
    OwnTime.values,
    "By each person's own clocks, and what becomes of whoever is past it; of dates that recur, one"
    " is as good as the other. null: by the project's.",
)
FIELDS: Mapping[str, Field] = {
    "name": a_name("For your team.", most=LONGEST_NAME),
    "labels": a_list(schemas.text(most=LONGEST_LABEL), most=MOST_LABELS),
    "goal": _document("goal", "What it is to bring about."),
    "audience": an_object(_AUDIENCE),
    "control_percent": a_number(least=1, most=MOST_CONTROL),
    "most_people": a_number(least=LEAST_CAP, most=MOST_PEOPLE),
    "variants_by": a_choice(VariantsBy.values),
    "by_property": a_text(most=LONGEST_PROPERTY, least=0),
    "test_percent": a_number(least=LEAST_TESTED, most=100),
    "decides_by": a_choice(DecidesBy.values),
    "decides_after": a_number("Hours.", least=1, most=LONGEST_TEST),
    "decision": a_choice(Decision.values),
    "variants": a_list(_VARIANT, most=MOST_VARIANTS),
    "starts_at": a_moment("As soon as it is published, without it."),
    "own_time": Field(schemas.or_null(_WHOSE_TIME.schema), _WHOSE_TIME.read),
    "schedule": _document("schedule", "In place of starts_at, of one that recurs."),
    "occasion": _document("occasion", "In place of starts_at: what sets it off, person by person."),
    "sends_late": a_flag("A planned date that can't begin in time goes out late."),
    "ends_at": a_moment("Who has not got it by then doesn't get it any more."),
    "cut_off_hours": a_number(least=1, most=LONGEST_CUT_OFF),
    "quiet_from": a_clock("Where each person is; in the project's time zone where nobody knows."),
    "quiet_until": a_clock(),
    "quiet_action": a_choice(QuietAction.values),
    "per_minute": a_number(least=1, most=MOST_PER_MINUTE),
    "ignores_caps": a_flag(),
    "resend_in_doubt": a_flag(),
}
BODY = schema_of(FIELDS, needed=["name"], name="DraftToWrite")
DRAFT = schema_of(FIELDS, needed=FIELDS, name="Draft")


def told_draft(campaign: Campaign, written: Sequence[Written] | None = None) -> dict[str, Any]:
    """All that decides who gets what and when, so that it can be sent back as it is. `written` are
    variants that are not saved yet, in place of those that are."""
    if written is None:
        variants = [_told_saved(variant) for variant in variants_of(campaign)]
    else:
        variants = [_told_variant(one.template, one.values, one.share, one.fits) for one in written]
    told = {name: getattr(campaign, name) for name in PLAIN}
    return {
        "name": campaign.name,
        "labels": list(campaign.labels),
        "goal": campaign.goal,
        "audience": _told_audience(campaign),
        "variants": variants,
        "schedule": campaign.schedule,
        "occasion": campaign.occasion,
        **told,
        "own_time": campaign.own_time or None,
        "variants_by": campaign.variants_by or VariantsBy.ONE.value,
        "decides_by": campaign.decides_by or DecidesBy.VIEWED.value,
        "decision": campaign.decision or Decision.FIRST.value,
    }


def _told_audience(campaign: Campaign) -> dict[str, Any] | None:
    parts = campaign.all_parts
    told: dict[str, Any] = {
        "take": [_told_part(part) for part in parts if not part.is_left_out],
        "leave_out": [_told_part(part) for part in parts if part.is_left_out],
    }
    if campaign.audience == Audience.NOT_CHOSEN:
        return None
    return {"everybody": campaign.audience == Audience.EVERYBODY, **told}


def _told_part(part: AudiencePart) -> dict[str, Any]:
    if part.custom_list_id is not None:
        return {"list": part.custom_list_id}
    if part.segment_id is not None:
        return {"segment": part.segment_id}
    return {"campaign": part.earlier_id, "slice": part.slice}


def _told_saved(variant: Variant) -> dict[str, Any]:
    template = variant.version.template
    return _told_variant(template, variant.values, variant.share, variant.fits)


def _told_variant(
    template: Template, given: Mapping[str, object], share: int | None, fits: str
) -> dict[str, Any]:
    values = {key: read_value(raw) for key, raw in given.items()}
    return {
        "template": template.name,
        "language": template.language,
        "values": {
            key: {"text": value.text, "fallback": value.fallback} for key, value in values.items()
        },
        "share": share,
        "fits": list(dict.fromkeys(fits.splitlines())),
    }
