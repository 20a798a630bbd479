"""Small uploads of events at the same moment: stored in one transaction, each told of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, OperationalError, connection

from campaigns.audience.uploads import uploading_events, uploading_in_company
from campaigns.audience.uploads.uploading_events import Call
from campaigns.audience.uploads.uploading_in_company import MOST_RECORDS, upload
from campaigns.audience.uploads.verdicts import Outcome, Verdict
from campaigns.models import Occurrence, Profile
from providers.models import ApiKey, AuditEntry, Project
from providers.watch.actors import Actor
from tests.factories import ApiKeyFactory, ProfileFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 10.0  # seconds
each_upload, store_together = uploading_events.upload_each, uploading_in_company.upload_calls
Act = Callable[..., list[list[Verdict]]]


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    uploading_in_company._company.cache_clear()
    yield
    uploading_in_company._company.cache_clear()


@pytest.fixture
def project() -> Project:
    return ProjectFactory.create()


@pytest.fixture
def keys(project: Project) -> list[ApiKey]:
    ProfileFactory.create(project=project, identity="asha")
    return [ApiKeyFactory.create(project=project) for _ in range(4)]


def ordered(number: object, *, identity: object = "asha") -> dict[str, object]:
    return {"identity": identity, "name": "Ordered", "id": number}


def in_company(
    project: Project, keys: Sequence[ApiKey], records: Sequence[Sequence[object]]
) -> tuple[list[object], list[int]]:
    """The first leads, and the others come while it stores; what each is told, or what is raised,
    and how many calls were stored in each go."""
    groups: list[int] = []
    leads, goes_on = threading.Event(), threading.Event()

    def slowly(calls: Sequence[Call], **more: Any) -> object:
        groups.append(len(calls))
        leads.set()
        assert goes_on.wait(LONG)
        return store_together(calls, **more)

    def send(number: int) -> list[Verdict]:
        try:
            return upload(project, records[number], by=Actor(None, keys[number]))
        finally:
            connection.close()

    with (
        patch.object(uploading_in_company, "upload_calls", slowly),
        ThreadPoolExecutor(len(records)) as threads,
    ):
        asked = [threads.submit(send, 0)]
        assert leads.wait(LONG)
        asked += [threads.submit(send, number) for number in range(1, len(records))]
        company = uploading_in_company._company(project.pk, create_people=False)
        while len(company._waiting) < len(records) - 1:
            threading.Event().wait(0.005)
        goes_on.set()
    return [_told(each) for each in asked], groups


@contextmanager
def acting(act: Act) -> Iterator[list[int]]:
    """In place of the upload of what isn't known, as all of it seems; of how many calls."""
    sizes: list[int] = []

    def upload_each(calls: Sequence[Call], **more: Any) -> list[list[Verdict]]:
        sizes.append(len(calls))
        return act(calls, **more)

    with (
        patch.object(uploading_in_company, "store_known", return_value={}),
        patch.object(uploading_events, "upload_each", upload_each),
    ):
        yield sizes


def _told(asked: "Future[list[Verdict]]") -> object:
    error = asked.exception()
    return type(error) if error else [verdict.outcome for verdict in asked.result()]


def entries() -> list[tuple[int | None, str]]:
    found = AuditEntry.objects.filter(action="event.uploaded").order_by("pk")
    return list(found.values_list("key_id", "note"))


def test_those_who_come_together_are_stored_together_and_noted_each(
    project: Project, keys: list[ApiKey]
) -> None:
    records = [[ordered(1)], [ordered(2), ordered(3)], [ordered(1)], [ordered(4, identity="none")]]

    told, groups = in_company(project, keys, records)

    stored, repeated, refused = Outcome.STORED, Outcome.REPEATED, Outcome.REFUSED
    assert told == [[stored], [stored, stored], [repeated], [refused]]
    assert (groups, Occurrence.objects.count()) == ([1, 3], 3)
    assert entries() == [(keys[0].pk, "1 events"), (keys[1].pk, "2 events")]


def test_one_that_breaks_takes_no_other_with_it(project: Project, keys: list[ApiKey]) -> None:
    def act(calls: Sequence[Call], **more: Any) -> list[list[Verdict]]:
        if any(call.by.key == keys[2] for call in calls):
            raise IntegrityError
        return each_upload(calls, **more)

    with acting(act) as sizes:
        told, groups = in_company(project, keys, [[ordered(n)] for n in range(4)])

    assert told == [[Outcome.STORED], [Outcome.STORED], IntegrityError, [Outcome.STORED]]
    assert (groups, sizes) == ([1, 3], [1, 3, 1, 1, 1])
    assert (Occurrence.objects.count(), len(entries())) == (3, 3)


def test_while_postgres_is_away_all_are_told_so_and_nothing_is_tried_again(
    project: Project, keys: list[ApiKey]
) -> None:
    def act(_calls: Sequence[Call], **_more: Any) -> list[list[Verdict]]:
        raise OperationalError

    with acting(act) as sizes:
        told, groups = in_company(project, keys, [[ordered(n)] for n in range(3)])

    assert (told, groups, sizes) == ([OperationalError] * 3, [1, 2], [1, 2])
    assert (Occurrence.objects.count(), entries()) == (0, [])


def test_what_makes_people_goes_apart_from_what_does_not(
    project: Project, keys: list[ApiKey]
) -> None:
    records, by = [ordered(1, identity="new")], Actor(None, keys[0])

    told = [upload(project, records, by=by, create_people=create) for create in (False, True)]

    assert [verdict.outcome for (verdict,) in told] == [Outcome.REFUSED, Outcome.STORED]
    assert Profile.objects.of(project).count() == 2


def test_a_large_one_goes_by_itself(project: Project, keys: list[ApiKey]) -> None:
    records = [ordered(n) for n in range(1, MOST_RECORDS + 2)]
    with patch.object(uploading_in_company, "upload_calls", side_effect=AssertionError):
        told = upload(project, records, by=Actor(None, keys[0]))

    assert ({verdict.outcome for verdict in told}, len(told)) == ({Outcome.STORED}, len(records))
