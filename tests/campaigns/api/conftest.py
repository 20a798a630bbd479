"""A shop that may do everything, a template it may send, and the simulator to send it to."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from providers.models import Project, Scope
from templates_app.models import Template
from tests.factories import ProviderFactory, TemplateFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.providers.api.keys import client_with_key


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


@pytest.fixture
def template(project: Project) -> Template:
    ProviderFactory.create(project=project, rate=500, trial_ended_at=timezone.now(), **CREDENTIALS)
    made: Template = TemplateFactory.create(
        project=project, name="order_placed", category="UTILITY"
    )
    return made


@pytest.fixture
def shop(project: Project) -> Client:
    return client_with_key(project, *Scope)
