"""Small uploads of events that come at the same moment: one transaction stores them all.

Each is answered when its own events are committed. One by one they would wait for each other all
the same, at the counters of a day's events, and each for a commit of its own.
"""

import logging
from collections.abc import Sequence
from functools import cache, partial

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from campaigns.audience.uploads import uploading_events
from campaigns.audience.uploads.storing_known import store_known
from campaigns.audience.uploads.uploading_events import Call
from campaigns.audience.uploads.verdicts import Verdict
from providers.models import Project
from providers.process.together import Together
from providers.watch.actors import Actor

logger = logging.getLogger(__name__)

MOST_RECORDS = 20  # of one that is small
MOST_TOGETHER = 500

Verdicts = list[Verdict] | Exception
Company = Together[Call, Verdicts]


def upload(
    project: Project, records: Sequence[object], *, by: Actor, create_people: bool = False
) -> list[Verdict]:
    """The same as uploading_events.upload. What stands in a transaction of its caller's, or is not
    small, goes by itself."""
    if len(records) > MOST_RECORDS or connection.in_atomic_block:
        return uploading_events.upload(project, records, by=by, create_people=create_people)
    company = _company(project.pk, create_people=create_people)
    verdicts = company.ask(Call(project, records, by))
    if isinstance(verdicts, Exception):
        raise verdicts
    return verdicts


@cache
def _company(_project_id: int, *, create_people: bool) -> Company:
    """Of a project alone: nobody waits for another's."""
    return Together(
        partial(upload_calls, create_people=create_people),
        most=MOST_TOGETHER,
        weigh=lambda call: len(call.records),
    )


def upload_calls(calls: Sequence[Call], *, create_people: bool) -> Sequence[Verdicts]:
    """Of one project. What breaks at one of them takes no other with it. Where PostgreSQL can't be
    reached, all are told so at once."""
    told = _known(calls)
    others = [place for place in range(len(calls)) if place not in told]
    if others:
        verdicts = _upload_each([calls[place] for place in others], create_people=create_people)
        told |= dict(zip(others, verdicts, strict=True))
    return [told[place] for place in range(len(calls))]


def _known(calls: Sequence[Call]) -> dict[int, Verdicts]:
    try:
        return dict(store_known(calls))
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        logger.warning("Known events go one by one: %s", type(error).__name__)
        return {}


def _upload_each(calls: Sequence[Call], *, create_people: bool) -> Sequence[Verdicts]:
    """In one transaction; where that breaks, one by one."""
    try:
        return uploading_events.upload_each(calls, create_people=create_people)
    except Exception as error:  # noqa: BLE001  it is raised where somebody waits for it
        if len(calls) == 1 or isinstance(error, OperationalError | InterfaceError):
            return [error for _ in calls]
    return [_upload_each([call], create_people=create_people)[0] for call in calls]
