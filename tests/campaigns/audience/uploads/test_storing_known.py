"""Events in which everything is known are stored by one statement; all others are left alone, and
come out as they do one by one."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.audience.uploads import storing_known, uploading_in_company
from campaigns.audience.uploads.seen_ids import key_of
from campaigns.audience.uploads.storing_known import store_known
from campaigns.audience.uploads.uploading_events import Call, upload
from campaigns.audience.uploads.verdicts import Verdict
from campaigns.models import (
    Campaign,
    CampaignKind,
    CampaignStatus,
    EventKind,
    EventKindDay,
    Goal,
    Occurrence,
    RunStatus,
    SeenEventId,
)
from providers.models import ApiKey, AuditEntry, Project
from providers.watch.actors import SYSTEM, Actor
from tests.factories import (
    ApiKeyFactory,
    CampaignFactory,
    ProfileFactory,
    ProjectFactory,
    RunFactory,
)

pytestmark = pytest.mark.django_db

AT = (timezone.now() - timedelta(hours=1)).replace(microsecond=0)
Records = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def known(project: Project) -> None:
    """Two people, of whom one is told by phone, and an event with a property."""
    ProfileFactory.create(project=project, identity="asha", match_key=None, phone="")
    phone = {"phone": "+919000011122", "match_key": 919000011122}
    ProfileFactory.create(project=project, identity="ravi", **phone)
    upload(project, [event(id="first"), event(id="off", name="Seen")], by=SYSTEM)
    EventKind.objects.filter(name="Seen").update(ignored=True)


@pytest.fixture
def key(project: Project) -> ApiKey:
    return ApiKeyFactory.create(project=project)


def event(**given: object) -> dict[str, Any]:
    usual = {"identity": "asha", "name": "Ordered", "at": AT.isoformat(), "properties": {"N": 1}}
    return {name: value for name, value in {**usual, **given}.items() if value is not None}


def words(verdicts: list[Verdict]) -> list[str]:
    return [verdict.code or verdict.outcome.value for verdict in verdicts]


def told(project: Project, key: ApiKey, *calls: Records) -> dict[int, list[str]]:
    by = Actor(None, key)
    found = store_known([Call(project, call, by) for call in calls])
    return {place: words(verdicts) for place, verdicts in found.items()}


def test_all_of_a_group_takes_one_statement(project: Project, key: ApiKey) -> None:
    calls = [
        [event(id="a", name="ORDERED ", properties={"N": 2, "Parts": {}})],
        [event(properties={"N": 3}), event(properties=None, identity="ravi")],
        [event(identity=None, phone="+91 90000 11122", at=None, id="b")],
        [event(id="first")],
        [event(id="c"), event(id="d", at="soon")],
    ]
    with CaptureQueriesContext(connection) as queries:
        found = told(project, key, *calls)
    asked = [query["sql"] for query in queries if "pg_inherits" not in query["sql"]]
    assert len(asked) == 1, asked
    assert found == {
        0: ["stored"], 1: ["stored", "stored"], 2: ["stored"], 3: ["repeated"],
        4: ["stored", "event.time_unreadable"],
    }  # fmt: skip
    notes = AuditEntry.objects.filter(action="event.uploaded", key=key).order_by("pk")
    assert list(notes.values_list("note", "project")) == [
        (f"{n} events", project.pk) for n in (1, 2, 1, 1)
    ]
    counted = EventKindDay.objects.filter(kind__name="Ordered")
    assert sum(counted.values_list("n", flat=True)) == Occurrence.objects.count() - 1 == 6
    assert SeenEventId.objects.count() == 5


def test_they_are_the_same_as_those_of_an_upload(project: Project, key: ApiKey) -> None:
    """Whichever way they come, they are one event; and whatever comes again is told."""
    records = [
        event(id="a", properties={"Tags": ["tea"], "N": 1.5}),
        event(properties={"N": 2}),
        event(identity=None, phone="+919000011122"),
    ]
    first, *others = records
    upload(project, [event(id="tags", properties={"Tags": ["tea"], "N": 1.5})], by=SYSTEM)
    assert words(upload(project, others, by=SYSTEM)) == ["stored", "stored"]
    assert told(project, key, [first]) == {0: ["stored"]}
    rows = set(Occurrence.objects.values_list("at", "fingerprint", "profile", "properties__N"))
    for record in records:
        assert told(project, key, [record]) == {0: ["repeated"]}
        assert words(upload(project, [record], by=SYSTEM)) == ["repeated"]
    again = Occurrence.objects.values_list("at", "fingerprint", "profile", "properties__N")
    assert set(again) == rows


@pytest.mark.parametrize(
    "other",
    [
        pytest.param([event(id="x", identity="nobody")], id="an unknown person"),
        pytest.param([event(id="x", identity=None, phone="+919000099999")], id="an unknown phone"),
        pytest.param([event(id="x", name="Visited")], id="a new name"),
        pytest.param([event(id="x", name="Seen")], id="one that is switched off"),
        pytest.param([event(id="x", properties={"City": "Pune"})], id="a new property"),
        pytest.param([event(id="x", properties={"N": "two"})], id="a property of another type"),
        pytest.param([event(at=None)], id="neither a time nor an id"),
        pytest.param([event(id="x"), event(id="x", at=None)], id="one id twice"),
        pytest.param([event(id="x"), event(id="y", name="Visited")], id="a part that is known"),
        pytest.param([event(), event()], id="the same twice"),
        pytest.param([event(id="good")], id="what another call of the group tells, too"),
        pytest.param([{"name": "Ordered"}], id="nothing that could be stored"),
        pytest.param([], id="nothing"),
    ],
)
def test_what_is_not_known_is_left_alone(project: Project, key: ApiKey, other: Records) -> None:
    before = Occurrence.objects.count()
    good = [event(id="good2", properties={"N": 7})]
    calls = [good, other, [event(id="good")]]
    found = told(project, key, *calls)
    with_good = other == [event(id="good")]
    assert found == {0: ["stored"]} if with_good else {0: ["stored"], 2: ["stored"]}
    assert Occurrence.objects.count() == before + len(found)
    assert not SeenEventId.objects.filter(key=key_of(project.pk, "x")).exists()


def test_what_somebody_waits_for_is_left_alone(project: Project, key: ApiKey) -> None:
    kind = EventKind.objects.get(name="Ordered")
    campaign = CampaignFactory.create(project=project)
    an_hour = timedelta(hours=1)
    goal = Goal.objects.create(campaign=campaign, kind=kind, document={}, within=an_hour)
    assert told(project, key, [event(id="a")]) == {}
    Goal.objects.filter(pk=goal.pk).update(is_open=False)
    assert told(project, key, [event(id="a")]) == {0: ["stored"]}


@pytest.mark.parametrize(
    ("how", "status"),
    [("awaited", CampaignStatus.RUNNING), ("averted_by", CampaignStatus.PAUSED)],
)
def test_what_a_live_campaign_listens_to_is_left_alone(
    project: Project, key: ApiKey, how: str, status: CampaignStatus
) -> None:
    live = {"project": project, "kind": CampaignKind.LIVE, "status": status}
    campaign = CampaignFactory.create(**live, **{how: EventKind.objects.get(name="Ordered")})
    RunFactory.create(campaign=campaign, status=RunStatus.STANDING)
    assert told(project, key, [event(id="a")]) == {}
    Campaign.objects.update(status=CampaignStatus.STOPPED)
    assert told(project, key, [event(id="a")]) == {0: ["stored"]}


def test_what_another_project_knows_is_unknown_here(project: Project, key: ApiKey) -> None:
    other = ProjectFactory.create()
    assert told(other, key, [event(id="a")]) == {}
    ProfileFactory.create(project=other, identity="asha")
    assert told(other, key, [event(id="a")]) == {}
    assert told(project, key, [event(id="a")]) == {0: ["stored"]}


@pytest.mark.django_db(transaction=True)
def test_where_the_statement_breaks_each_goes_the_other_way(project: Project, key: ApiKey) -> None:
    calls = [Call(project, [event(id="a")], Actor(None, key))]
    with patch.object(storing_known, "_statement", return_value="SELECT 1 / 0"):
        (verdicts,) = uploading_in_company.upload_calls(calls, create_people=False)
    assert isinstance(verdicts, list)
    assert words(verdicts) == ["stored"]


def test_while_postgres_is_away_nothing_is_tried_again(project: Project, key: ApiKey) -> None:
    calls = [Call(project, [event(id="a")], Actor(None, key))]
    with (
        patch.object(uploading_in_company, "store_known", side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        uploading_in_company.upload_calls(calls, create_people=False)
