"""What sets off a live campaign, as a sentence."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list

from campaigns.audience.segments.conditions.events import Happened
from campaigns.models import EventName
from campaigns.planning.occasion import EVERY_DAY, Deed, Entry, Occasion
from campaigns.planning.schedule_words import WEEKDAYS
from campaigns.planning.units_of_time import span_words

# Of somebody, and of them, who did not.
FATES: Mapping[str, tuple[str, str]] = {
    EventName.SENT: ("was sent {}", "were sent {}"),
    EventName.DELIVERED: ("had {} delivered", "had {} delivered"),
    EventName.VIEWED: ("viewed {}", "viewed {}"),
    EventName.CLICKED: ("clicked in {}", "clicked in {}"),
    EventName.REPLIED: ("answered {}", "answered {}"),
}
COMPARED = (
    "Who is in it is looked at every five minutes. Whoever is in it already when this begins has to"
    " leave it first."
)


def in_words(
    occasion: Occasion,
    did: Happened | str,
    unless: Happened | None,
    *,
    clock: str,
    campaigns: Mapping[int, str] | None = None,
) -> list[str]:
    """Whole sentences: what sets it off, how often, and at which times, by `clock`. `did` may be
    the name of a segment that people enter; `campaigns` are the names of those that are meant."""
    names = campaigns or {}
    when = f"{span_words(occasion.delay)} after" if occasion.delay else "As soon as"
    without = f", if they {_did_not(occasion.unless, unless, names)} meanwhile" if unless else ""
    begins = f"somebody {_did(occasion.did, did, names)}"
    sentences = [f"{when[:1].upper()}{when[1:]} {begins}{without}."]
    if isinstance(did, str):
        sentences.append(COMPARED)
    sentences.append(
        "Nobody gets it twice."
        if occasion.again is None
        else f"At most once in {span_words(occasion.again)} for the same person."
    )
    return [*sentences, _times(occasion, clock)] if occasion.is_limited else sentences


def span_in_words(since: datetime | None, until: datetime | None, zone: ZoneInfo) -> str:
    """From when to when it is set off; empty where it is from now on, for good."""
    parts = []
    if since is not None:
        parts.append(f"from {_moment(since, zone)} on")
    if until is not None:
        parts.append(f"until {_moment(until, zone)}, when it no longer counts")
    words = ", ".join(parts)
    return f"{words[:1].upper()}{words[1:]} ({zone.key})." if words else ""


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M}"


def _did(deed: Deed | Entry, did: Happened | str, names: Mapping[int, str]) -> str:
    if isinstance(did, str):
        return f"has come into the segment “{did}”"
    if isinstance(deed, Entry) or deed.event not in FATES:
        return f"did {_what(did)}"
    return FATES[deed.event][0].format(f"a message of {_campaign(deed, names)}") + _where(did)


def _did_not(deed: Deed | None, did: Happened, names: Mapping[int, str]) -> str:
    if deed is None or deed.event not in FATES:
        return f"did not do {_what(did)}"
    return FATES[deed.event][1].format(f"no message of {_campaign(deed, names)}") + _where(did)


def _campaign(deed: Deed, names: Mapping[int, str]) -> str:
    if deed.of is None:
        return "any campaign"
    return f"“{names[deed.of]}”" if deed.of in names else "another campaign"


def _where(did: Happened) -> str:
    where = " and ".join(condition.words() for condition in did.where)
    return f" where {where}" if where else ""


def _what(happened: Happened) -> str:
    """Like “Cart left” where Amount is more than 500."""
    return happened.words().removeprefix("they did ")


def _times(occasion: Occasion, clock: str) -> str:
    days = [WEEKDAYS[day - 1] for day in sorted(occasion.weekdays)]
    on = "" if occasion.weekdays == EVERY_DAY else f" on {get_text_list(days, 'and')}"
    hours = ""
    if occasion.since is not None and occasion.until is not None:
        hours = f" from {occasion.since:%H:%M} until {occasion.until:%H:%M}"
    return f"Only{on}{hours} ({clock}); whoever is due at another time waits."
