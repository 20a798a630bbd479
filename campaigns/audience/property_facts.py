"""What a project knows of one of its properties: how many people have it, examples, who uses it."""

from collections.abc import Iterator
from itertools import groupby

from django.db import connection
from liquid.exceptions import LiquidError

from campaigns.audience.segments.estimating import EstimateRefused, limited_to
from campaigns.audience.segments.naming import segments_asking_for
from campaigns.audience.segments.offering import PEOPLE_HERE_AND_THERE
from campaigns.models import UNDER_WAY, UNPUBLISHED, CampaignStatus, ProfileProperty, Variant
from templates_app.values.permitting import NotPermittedError
from templates_app.values.sandbox import parse

PATIENCE = 2_000  # milliseconds: a page waits no longer
MOST_EXAMPLES, LONGEST = 10, 80
# Their values may still go out, or be looked at again before they do.
UNSENT = (*UNPUBLISHED, CampaignStatus.SCHEDULED, *UNDER_WAY)
_HAVE_IT = """
SELECT count(*) FROM campaigns_profile
WHERE project_id = %(project)s AND properties -> %(name)s <> 'null'
"""
# Each text of a list by itself.
_FREQUENT = f"""
SELECT left(value, {LONGEST}) FROM ({PEOPLE_HERE_AND_THERE}) AS one
CROSS JOIN LATERAL jsonb_array_elements(
    CASE jsonb_typeof(properties -> %(name)s) WHEN 'array' THEN properties -> %(name)s
    ELSE jsonb_build_array(properties -> %(name)s) END
) AS listed(element)
CROSS JOIN LATERAL (SELECT element #>> '{{}}') AS said(value)
WHERE value <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MOST_EXAMPLES}
"""


def people_with(known: ProfileProperty) -> int | None:
    """None where counting them would take too long."""
    try:
        with limited_to(PATIENCE) as cursor:
            cursor.execute(_HAVE_IT, _named(known))
            (count,) = cursor.fetchone()
    except EstimateRefused:
        return None
    return int(count)


def examples_of(known: ProfileProperty) -> list[str]:
    """The most frequent values of people looked at here and there, never of all of them."""
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENT, _named(known))
        return [value for (value,) in cursor.fetchall()]


def users_of_property(known: ProfileProperty) -> list[str]:
    """The segments whose rule asks for it, and the campaigns that fill it into what still goes
    out."""
    segments = segments_asking_for(known.project, known.name)
    return [*(f"the segment “{one}”" for one in segments), *campaigns_filling(known)]


def campaigns_filling(known: ProfileProperty) -> Iterator[str]:
    """Those that fill it into what still goes out, or choose by it what somebody gets."""
    variants = Variant.objects.filter(
        campaign__project=known.project, campaign__status__in=UNSENT
    ).select_related("campaign")
    by_campaign = groupby(
        variants.order_by("campaign__name", "campaign_id"), key=lambda variant: variant.campaign
    )
    for campaign, said in by_campaign:
        texts = (str(text) for variant in said for text in _texts(variant.values))
        if campaign.by_property == known.name or any(known.name in _names_in(one) for one in texts):
            yield f"the campaign “{campaign}”"


def _texts(value: object) -> Iterator[str]:
    """Every text of a JSON document, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _names_in(text: str) -> frozenset[str]:
    if "{{" not in text:
        return frozenset()
    try:
        return parse(text).properties
    except (NotPermittedError, LiquidError):
        return frozenset()


def _named(known: ProfileProperty) -> dict[str, int | str]:
    return {"project": known.project_id, "name": known.name}
