"""Do the links of a campaign's files open, and does each lead to what its message shows?

Opened from here and all at once, shortly before everybody gets them; what came back is kept in
Redis for some minutes, so that looking at the last page and publishing are one call. What is
wrong with a link's spelling is preflight's matter, and such a link is not opened.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import cast

import redis
from django.conf import settings

from campaigns.models import Variant
from campaigns.pace.shared_redis import shared_redis
from campaigns.planning.preflight import Finding, Section
from providers.network.simulated import gateway_is_here
from templates_app.media.hosting import check_link
from templates_app.media.judging_media import Judged
from templates_app.rendering.variants import slots_of
from templates_app.rules.problems import errors_in
from templates_app.values.media_links import is_ours, usable_media_link
from templates_app.values.personalization import PersonalizationError, Profile, compile_text
from templates_app.values.slots import Slot, read_value
from templates_app.wording.components import HeaderKind

logger = logging.getLogger(__name__)

SECONDS = 8.0  # for all links together, since they are opened side by side
AT_ONCE = 24  # more than a message can have, with what others get instead
MOST_TRIES = 3  # of a link that may open the next time
FINE_LASTS, BAD_LASTS = 300, 60  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLink:
    """`is_personal`: of one person, as an example of what all others have."""

    slot: str
    label: str
    link: str
    header: HeaderKind
    is_personal: bool = False

    @property
    def key(self) -> str:
        """Without its words: a link may be a secret."""
        told = f"{self.header}:{self.link}"
        return f"media-link:{hashlib.sha256(told.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What came back: `problem` is empty where it is what the message shows."""

    problem: str = ""
    may_pass: bool = False
    tries: int = 1

    @property
    def is_final(self) -> bool:
        return not self.may_pass or self.tries >= MOST_TRIES


def links_of(
    variants: Iterable[Variant], *, person: Mapping[str, object] | None = None
) -> list[MediaLink]:
    """Those that everybody gets, and with a person this one's own; without those that are not to
    be opened from here."""
    return [link for link in _written(variants, person) if _may_be_opened(link.link)]


def are_left_closed(variants: Iterable[Variant]) -> bool:
    """Does the installation's operator keep it from opening what everybody gets?"""
    return not settings.MEDIA_LINKS_OPENED and any(
        not _may_be_opened(link.link) for link in _written(variants, None)
    )


def _may_be_opened(link: str) -> bool:
    """In a working copy messages go nowhere, and their links are examples."""
    return is_ours(link) or (settings.MEDIA_LINKS_OPENED and not gateway_is_here())


def _written(
    variants: Iterable[Variant], person: Mapping[str, object] | None
) -> Iterator[MediaLink]:
    found = (
        MediaLink(
            slot=slot.key, label=slot.label, link=link, header=slot.media, is_personal=is_personal
        )
        for variant in variants
        for slot in slots_of(variant.version)
        if slot.media is not None
        for text, is_personal in _texts_of(slot, variant, person)
        if (link := usable_media_link(text))
    )
    yield from dict.fromkeys(found)


def open_links(links: Sequence[MediaLink]) -> dict[MediaLink, Opened]:
    """What is known to be fine is not opened again."""
    known = recall(links)
    wanted = [link for link in links if link not in known or known[link].problem]
    news = {
        link: _opened(judged, before=known.get(link))
        for link, judged in zip(wanted, _look_at(wanted), strict=True)
    }
    _remember(news)
    return {**known, **news}


def recall(links: Sequence[MediaLink]) -> dict[MediaLink, Opened]:
    """What came back some minutes ago; nothing of a link that was not opened since."""
    if not links:
        return {}
    try:
        kept: Iterable[bytes | None] = shared_redis().mget([link.key for link in links])  # type: ignore[assignment]
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)
        return {}
    return {
        link: Opened(**json.loads(told))
        for link, told in zip(links, kept, strict=True)
        if told is not None
    }


def findings_of(opened: Mapping[MediaLink, Opened]) -> list[Finding]:
    return [_finding(link, told) for link, told in opened.items() if told.problem]


def _texts_of(
    slot: Slot, variant: Variant, person: Mapping[str, object] | None
) -> Iterator[tuple[str, bool]]:
    """What the link may become, and whether it is one person's own."""
    value = read_value(variant.values.get(slot.key))
    yield value.fallback, False
    try:
        text = compile_text(value.text)
        if text.constant is not None:
            yield text.constant, False
        elif person is not None:
            yield text.render(cast("Profile", person["profile"])), True
    except (PersonalizationError, LookupError, ValueError):
        return  # preflight says what is wrong with it


def _look_at(links: Sequence[MediaLink]) -> list[Judged]:
    """The same link on many cards is one call. The database is asked in this thread: another one
    would keep a connection of its own."""
    others = {link.key: link for link in links if not is_ours(link.link)}
    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        fetched = dict(zip(others, threads.map(_judged, others.values()), strict=True))
        return [fetched.get(link.key) or _judged(link) for link in links]


def _judged(link: MediaLink) -> Judged:
    return check_link(link.link, header=link.header, seconds=SECONDS)


def _opened(judged: Judged, *, before: Opened | None) -> Opened:
    return Opened(
        problem=" ".join(problem.message for problem in errors_in(judged.problems)),
        may_pass=judged.may_pass,
        tries=1 + (before.tries if before else 0),
    )


def _remember(news: Mapping[MediaLink, Opened]) -> None:
    try:
        kept = shared_redis().pipeline(transaction=False)
        for link, told in news.items():
            lasts = BAD_LASTS if told.problem else FINE_LASTS
            kept.set(link.key, json.dumps(asdict(told)), ex=lasts)
        kept.execute()
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)


def _finding(link: MediaLink, told: Opened) -> Finding:
    which = "the link of the person in the example" if link.is_personal else "this link"
    what, way_out = (
        ("could not be opened from here.", "Check again in a moment, or give another link.")
        if told.may_pass
        else ("can't be sent.", "Give another link, or upload the file.")
    )
    return Finding(
        section=Section.WHAT,
        message=f"{link.label}: {which} {what} {told.problem} {way_out}",
        slot=link.slot,
        blocks=not link.is_personal,
    )
