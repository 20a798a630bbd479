from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks import watching
from callbacks.models import LastCall, ReceiptState
from campaigns.models import State
from providers.models import CallbackSource, Incident, IncidentKind, Project, RefusedCallback
from tests.factories import MessageFactory, ProviderFactory, ReceiptFactory, RunFactory

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
    MessageFactory.create_batch(
        count,
        run=RunFactory.create(campaign__project=project),
        state=State.SENT,
        sent_at=ago(minutes),
    )


def test_all_is_well_in_a_new_project(connected: Project) -> None:
    assert found() == set()


def test_messages_without_any_callback_are_an_incident_until_one_comes(connected: Project) -> None:
    send(connected, watching.SENT_ENOUGH, minutes=20)
    assert found() == {IncidentKind.SILENT}

    LastCall.objects.create(project=connected, endpoint="status", at=timezone.now())

    assert found() == set()


def test_a_callback_from_before_the_messages_says_nothing_about_them(connected: Project) -> None:
    LastCall.objects.create(project=connected, endpoint="status", at=ago(30))
    send(connected, watching.SENT_ENOUGH, minutes=20)

    assert found() == {IncidentKind.SILENT}


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


def test_callbacks_that_wait_are_an_incident(connected: Project) -> None:
    receipt = ReceiptFactory.create(project=connected, received_at=ago(5))
    assert found() == {IncidentKind.LAG}

    receipt.state = ReceiptState.APPLIED
    receipt.save()

    assert found() == set()


def test_many_reports_that_fit_no_message_are_an_incident(connected: Project) -> None:
    receipt = ReceiptFactory.create(
        project=connected, received_at=ago(10), state=ReceiptState.APPLIED, kind="delivery",
        facts=100, applied=80, parked=20,
    )  # fmt: skip
    assert found() == {IncidentKind.UNMATCHED}

    receipt.parked = 19
    receipt.save()

    assert found() == set()


def test_an_incident_is_one_row_and_says_how_often_it_was_seen(connected: Project) -> None:
    ReceiptFactory.create(project=connected, received_at=ago(5))

    found()
    found()

    assert Incident.objects.values_list("kind", "count").get() == (IncidentKind.LAG, 2)
