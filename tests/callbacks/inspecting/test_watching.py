from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks.inspecting import watching
from callbacks.inspecting.backlog import backlog
from callbacks.models import LastCall, Receipt, ReceiptState
from callbacks.receipts.replaying import replay
from campaigns.models import State
from providers.models import CallbackSource, Incident, IncidentKind, Project, RefusedCallback
from providers.watch.actors import SYSTEM
from tests.factories import (
    EventFactory,
    MessageFactory,
    ProjectFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(project: Project) -> Project:
    ProviderFactory.create(project=project)
    return project


def ago(minutes: float) -> object:
    return timezone.now() - timedelta(minutes=minutes)


def found() -> set[str]:
    watching.watch()
    return set(Incident.objects.open().values_list("kind", flat=True))


def send(project: Project, count: int, *, minutes: float) -> None:
    run = RunFactory.create(campaign__project=project)
    for message in MessageFactory.create_batch(
        count, run=run, state=State.SENT, sent_at=ago(minutes)
    ):
        EventFactory.create(
            project=project, profile=message.profile, message=message, at=message.sent_at
        )


def report_of(project: Project, *, minutes: float, kind: str = "delivery", **counts: int) -> None:
    ReceiptFactory.create(
        project=project, received_at=ago(minutes), state=ReceiptState.APPLIED, kind=kind, **counts
    )


def test_all_is_well_in_a_new_project(connected: Project) -> None:
    assert found() == set()


def test_messages_without_any_callback_are_an_incident_until_a_report_comes(
    connected: Project,
) -> None:
    send(connected, watching.SENT_ENOUGH, minutes=20)
    assert found() == {IncidentKind.SILENT}
    assert "called none of your addresses since" in Incident.objects.get().detail

    report_of(connected, minutes=0)

    assert found() == set()


def test_a_report_from_before_the_messages_says_nothing_about_them(connected: Project) -> None:
    report_of(connected, minutes=30)
    send(connected, watching.SENT_ENOUGH, minutes=20)

    assert found() == {IncidentKind.SILENT}


def test_what_people_write_is_no_report(connected: Project) -> None:
    send(connected, watching.SENT_ENOUGH, minutes=20)
    report_of(connected, minutes=5, kind="inbound")
    LastCall.objects.create(project=connected, endpoint="response", at=ago(5))

    assert found() == {IncidentKind.SILENT}
    assert "sent no delivery report since" in Incident.objects.get().detail


def test_what_a_campaign_sends_at_this_moment_hides_nothing(
    connected: Project,
) -> None:
    send(connected, watching.SENT_ENOUGH, minutes=20)
    send(connected, 30, minutes=1)
    MessageFactory.create_batch(3, run=RunFactory.create(campaign__project=connected))

    assert found() == {IncidentKind.SILENT}


def test_callbacks_of_the_last_minutes_hide_none_that_fit_no_message(connected: Project) -> None:
    others = ProjectFactory.create()
    for minutes, parked in ((70, 0), (10, 30), (8, 30), (7, 30), (1, 0), (0, 0)):
        report_of(others, minutes=minutes, facts=100, applied=100)
        report_of(connected, minutes=minutes, facts=100, applied=100 - parked, parked=parked)

    assert found() == {IncidentKind.UNMATCHED}
    assert "90 of 300 reports" in Incident.objects.get().detail


@pytest.mark.parametrize(("count", "minutes"), [(watching.SENT_ENOUGH - 1, 20), (30, 5), (30, 90)])
def test_few_new_and_long_past_messages_are_no_sign(
    connected: Project, count: int, minutes: float
) -> None:
    send(connected, count, minutes=minutes)

    assert found() == set()


def test_refused_callbacks_are_an_incident_for_a_while(connected: Project) -> None:
    for minutes, count in ((1, 2), (3, 1)):
        RefusedCallback.objects.create(
            project=connected, network="203.0.113.0/24", reason="key", minute=ago(minutes),
            count=count,
        )  # fmt: skip
    assert found() == {IncidentKind.REFUSED}
    assert "3 callbacks from 203.0.113.0/24 were refused" in Incident.objects.get().detail

    RefusedCallback.objects.update(count=1)
    RefusedCallback.objects.all()[0].delete()

    assert found() == set()


@pytest.mark.parametrize(
    ("network", "reason", "is_told"),
    [
        ("203.0.113.0/24", "key", True),  # Gupshup's own, with an old key
        ("198.51.100.0/24", "key", False),  # anybody who has seen the account id
        ("198.51.100.0/24", "source", True),  # with the right key, from elsewhere
        ("", "key", False),
        ("2001:db8::/48", "key", False),
    ],
)
def test_a_stranger_raises_no_alarm_where_gupshups_networks_are_named(
    connected: Project, network: str, reason: str, is_told: bool
) -> None:
    CallbackSource.objects.create(project=connected, network="203.0.113.7")
    RefusedCallback.objects.create(
        project=connected, network=network, reason=reason, minute=ago(1), count=500
    )

    assert found() == ({IncidentKind.REFUSED} if is_told else set())


def test_refusals_of_both_kinds_from_one_network_add_up(connected: Project) -> None:
    for reason, count in (("key", 2), ("source", 1)):
        RefusedCallback.objects.create(
            project=connected,
            network="203.0.113.0/24",
            reason=reason,
            minute=ago(1),
            count=count,
        )

    assert found() == {IncidentKind.REFUSED}
    assert "3 callbacks from 203.0.113.0/24 were" in Incident.objects.get().detail


def test_callbacks_that_wait_are_an_incident(connected: Project) -> None:
    receipt = ReceiptFactory.create(project=connected, received_at=ago(5), due_at=ago(5))
    assert found() == {IncidentKind.LAG}
    assert backlog().lag >= 300

    receipt.state = ReceiptState.APPLIED
    receipt.save()

    assert found() == set()


@pytest.mark.parametrize("tries", [0, 1])
def test_what_is_replayed_has_not_waited_since_it_came(connected: Project, tries: int) -> None:
    ReceiptFactory.create(project=connected, received_at=ago(500), state=ReceiptState.FAILED)
    replay(Receipt.objects.all(), by=SYSTEM)
    if tries:  # a worker has it now
        Receipt.objects.update(tries=tries, due_at=ago(-0.25))

    assert found() == set()
    assert 0 <= backlog().lag < 300


def test_many_reports_that_fit_no_message_are_an_incident(connected: Project) -> None:
    receipt = ReceiptFactory.create(
        project=connected, received_at=ago(10), state=ReceiptState.APPLIED, kind="delivery",
        facts=100, applied=80, parked=9, left_out=11,
    )  # fmt: skip
    assert found() == {IncidentKind.UNMATCHED}

    receipt.left_out = 10
    receipt.save()

    assert found() == set()


def test_an_incident_is_one_row_and_says_how_often_it_was_seen(connected: Project) -> None:
    ReceiptFactory.create(project=connected, received_at=ago(5), due_at=ago(5))

    found()
    found()

    assert Incident.objects.values_list("kind", "count").get() == (IncidentKind.LAG, 2)
