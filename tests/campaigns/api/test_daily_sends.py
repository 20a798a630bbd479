"""A key that may send so many messages a day sends no more, however they come."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Message
from providers.api_keys import daily_sends
from providers.models import ApiKey, Project, Scope
from templates_app.models import Template
from tests.campaigns.api.test_sending import body, send
from tests.factories import CampaignFactory
from tests.providers.api.clevertap_calls import call, fault_of
from tests.providers.api.clevertap_calls import program as backend_of
from tests.providers.api.keys import OWN_KEY, key_of, program
from tests.providers.api.test_own_key import code_of
from tests.providers.api.test_repeats import at_once

pytestmark = pytest.mark.django_db(transaction=True)

KEY_ADDRESS = "/api/v1/campaigns/{}/publish"


@pytest.fixture
def key(project: Project, template: Template) -> tuple[ApiKey, str]:
    return key_of(project, *Scope, sends_a_day=3)


@pytest.fixture
def shop(key: tuple[ApiKey, str]) -> Client:
    return program(key[1])


def many(count: int) -> dict[str, Any]:
    return {"records": [body()] * count}


def test_a_day_ends_and_a_new_one_begins(
    key: tuple[ApiKey, str], shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop.get(OWN_KEY).json()["sends_a_day"] == 3
    assert send(shop, many(2)).status_code == 202
    over = send(shop, many(2))
    assert code_of(over) == (429, "key.day_spent")
    assert ("1 is left" in over.json()["detail"], over["Retry-After"]) == (True, "3600")
    assert send(shop, body()).status_code == 202
    assert code_of(send(shop, body())) == (429, "key.day_spent")
    # What is refused costs nothing.
    assert send(shop, {"records": [body(template="nothing")]}).status_code == 202
    assert Message.objects.count() == 3
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(daily_sends.timezone, "now", lambda: tomorrow)
    assert send(shop, many(3)).status_code == 202
    assert code_of(send(shop, body())) == (429, "key.day_spent")


def test_calls_at_once_send_no_more_together(key: tuple[ApiKey, str], shop: Client) -> None:
    told = Counter(at_once(6, lambda _n: send(program(key[1]), body()).status_code))
    assert told[202] == Message.objects.count() == 3
    assert set(told) <= {202, 429}


def test_such_a_key_publishes_nothing(
    project: Project, key: tuple[ApiKey, str], shop: Client
) -> None:
    campaign = CampaignFactory.create(project=project)
    answer = shop.post(KEY_ADDRESS.format(campaign.pk), headers={"If-Match": "*"})
    assert code_of(answer) == (403, "key.sends_alone")
    assert fault_of(call(backend_of(*key), "/1/targets/create.json", {}))[0] == 403
    campaign.refresh_from_db()
    assert campaign.status == "draft"


def test_a_key_without_a_limit_counts_nothing(project: Project, template: Template) -> None:
    free, text = key_of(project, *Scope)
    assert send(program(text), many(5)).status_code == 202
    free.refresh_from_db()
    assert (free.sent_on, free.sent_today) == (None, 0)
