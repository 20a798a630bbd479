"""What sets off a live campaign, as a sentence."""

from campaigns.audience.segments.conditions.events import Happened
from campaigns.planning.occasion import EVERY_DAY, Occasion
from campaigns.planning.schedule_words import WEEKDAYS
from campaigns.planning.units_of_time import span_words


def in_words(
    occasion: Occasion, did: Happened, unless: Happened | None, *, clock: str
) -> list[str]:
    """Whole sentences: what sets it off, how often, and at which times, by `clock`."""
    when = f"{span_words(occasion.delay)} after" if occasion.delay else "As soon as"
    without = f", if they did not do {_what(unless)} meanwhile" if unless else ""
    sentences = [f"{when[:1].upper()}{when[1:]} somebody did {_what(did)}{without}."]
    sentences.append(
        "Nobody gets it twice."
        if occasion.again is None
        else f"At most once in {span_words(occasion.again)} for the same person."
    )
    return [*sentences, _times(occasion, clock)] if occasion.is_limited else sentences


def _what(happened: Happened) -> str:
    """Like “Cart left” where Amount is more than 500."""
    return happened.words().removeprefix("they did ")


def _times(occasion: Occasion, clock: str) -> str:
    days = [WEEKDAYS[day - 1] for day in sorted(occasion.weekdays)]
    on = "" if occasion.weekdays == EVERY_DAY else f" on {_listed(days)}"
    hours = ""
    if occasion.since is not None and occasion.until is not None:
        hours = f" from {occasion.since:%H:%M} until {occasion.until:%H:%M}"
    return f"Only{on}{hours} ({clock}); whoever is due at another time waits."


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
