"""Gupshup is told who opted out, when it knew that person as opted in."""

from collections.abc import Iterator

import pytest
from django.db.models import Value
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import State
from campaigns.sending import telling_opt_outs
from campaigns.sending.telling_opt_outs import tell_gupshup
from providers.models import GatewayConsent, OptInBy, Project, Provider
from tests.factories import MessageFactory, PhoneBlockFactory, ProviderFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = 919000000001, 919000000002


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    settings.GATEWAY_TOTAL_TIMEOUT = 2.0
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


@pytest.fixture
def provider(project: Project) -> Provider:
    return ProviderFactory.create(project=project, **CREDENTIALS)


def known(project: Project, key: int, *, blocked: bool, opted_in: bool = True) -> None:
    MessageFactory.create(project=project, phone=f"+{key}", send_key=key, state=State.SENT)
    GatewayConsent.objects.create(
        project=project, match_key=key, opted_in=opted_in, answered_at=timezone.now()
    )
    PhoneBlockFactory.create(project=project, match_key=key, blocked=blocked)


def told(simulator: SimulatorClient) -> dict[str, int]:
    return dict(simulator.summary()["opt_outs"])


def consents() -> list[tuple[int, bool]]:
    return list(GatewayConsent.objects.order_by("match_key").values_list("match_key", "opted_in"))


def test_only_those_who_are_blocked_are_opted_out_and_each_once(
    provider: Provider, simulator: SimulatorClient
) -> None:
    known(provider.project, FIRST, blocked=True)
    known(provider.project, SECOND, blocked=False)

    tell_gupshup()
    tell_gupshup()

    assert told(simulator) == {str(FIRST): 1}
    assert consents() == [(FIRST, False), (SECOND, True)]


def test_a_project_whose_calls_take_long_leaves_the_rest_to_the_next_turn(
    provider: Provider, simulator: SimulatorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling_opt_outs, "SECONDS", 0.0)
    other = ProviderFactory.create(**CREDENTIALS).project
    for theirs, keys in ((provider.project, (FIRST, SECOND)), (other, (FIRST + 2, SECOND + 2))):
        for key in keys:
            known(theirs, key, blocked=True)
    told_of = []
    for _ in range(2):
        tell_gupshup()
        told_of.append(sorted(told(simulator)))
    assert told_of == [
        [str(FIRST), str(FIRST + 2)],
        sorted(map(str, (FIRST, SECOND, FIRST + 2, SECOND + 2))),
    ]


def test_whoever_was_never_opted_in_is_not_told_about(
    provider: Provider, simulator: SimulatorClient
) -> None:
    known(provider.project, FIRST, blocked=True, opted_in=False)

    tell_gupshup()

    assert told(simulator) == {}


def test_an_account_that_is_refused_leaves_it_for_later(
    provider: Provider, simulator: SimulatorClient
) -> None:
    known(provider.project, FIRST, blocked=True)
    right, provider.hsm_password = provider.hsm_password, "wrong"
    provider.save()
    tell_gupshup()
    assert consents() == [(FIRST, True)]

    provider.hsm_password = right
    provider.save()
    tell_gupshup()
    assert consents() == [(FIRST, False)]


def test_a_number_without_a_clear_answer_keeps_no_other_one_waiting(
    provider: Provider, simulator: SimulatorClient
) -> None:
    unclear = 919000009924  # an internal error, each time
    known(provider.project, unclear, blocked=True)
    known(provider.project, FIRST, blocked=True)

    tell_gupshup()

    assert consents() == [(FIRST, False), (unclear, True)]


@pytest.mark.parametrize("trouble", ["slow_down", "nobody_answers"])
def test_what_would_meet_everybody_is_met_once(
    provider: Provider, simulator: SimulatorClient, settings: Settings, trouble: str
) -> None:
    known(provider.project, FIRST, blocked=True)
    known(provider.project, SECOND, blocked=True)
    if trouble == "slow_down":
        simulator.options(rate_per_second=1)
    else:
        settings.GATEWAY_SEND_URL = "http://127.0.0.1:1/rest"

    tell_gupshup()

    left = 1 if trouble == "slow_down" else 2
    assert [opted_in for _, opted_in in consents()].count(True) == left


def test_where_others_opt_people_in_nothing_is_told(
    provider: Provider, simulator: SimulatorClient
) -> None:
    known(provider.project, FIRST, blocked=True)
    Provider.objects.update(opt_in_by=OptInBy.ELSEWHERE)

    tell_gupshup()

    assert (told(simulator), consents()) == ({}, [(FIRST, True)])


@pytest.mark.parametrize("trouble", ["refused", "unreadable"])
def test_a_project_that_cannot_tell_keeps_no_other_one_waiting(
    provider: Provider,
    simulator: SimulatorClient,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    monkeypatch.setattr(telling_opt_outs, "AT_ONCE", 1)
    if trouble == "refused":
        troubled = ProviderFactory.create(**{**CREDENTIALS, "hsm_password": "wrong"})
    else:
        troubled = ProviderFactory.create(**CREDENTIALS)
        Provider.objects.filter(pk=troubled.pk).update(hsm_password=Value("locked"))
    known(troubled.project, FIRST, blocked=True)
    known(provider.project, SECOND, blocked=True)

    tell_gupshup()

    assert consents() == [(FIRST, True), (SECOND, False)]
