"""How many times a small call goes to PostgreSQL and back: it has little other work."""

from typing import Any

import pytest
from django.test import Client

from providers.models import Project
from templates_app.models import Template
from tests.campaigns.api.test_uploads import EVENTS, send
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_takes_few_statements(
    project: Project, shop: Client, django_assert_max_num_queries: Any
) -> None:
    """The key; and all else, as everything is known."""
    ProfileFactory.create(project=project, identity="u-1")

    def send_event(number: int) -> dict[str, int]:
        event = {"identity": "u-1", "name": "Ordered", "id": number, "properties": {"Total": 12.5}}
        counts: dict[str, int] = send(shop, EVENTS, {"records": [event]}).json()["counts"]
        return counts

    for number in range(2):  # the first is noted as the key's last use
        send_event(number)
    with django_assert_max_num_queries(2):
        assert send_event(3) == {"stored": 1}


def test_a_message_takes_few_statements(
    shop: Client, template: Template, django_assert_max_num_queries: Any
) -> None:
    """The key; the template; who it is and what holds back; the message, its place in the work list
    and its entry in the audit log."""
    message = {
        "to": {"phone": "+919000000001"},
        "template": template.name,
        "language": template.language,
        "values": {"body.1": "Asha"},
    }
    for _ in range(2):
        assert send(shop, "/api/v1/messages:send", message).status_code == 202
    with django_assert_max_num_queries(4):
        assert send(shop, "/api/v1/messages:send", message).status_code == 202
