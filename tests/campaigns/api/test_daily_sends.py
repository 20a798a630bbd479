"""A key that may send so many messages a day sends no more, however they come."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from campaigns.models import CampaignStatus, Message
from providers.api.base import ApiView
from providers.api_keys import daily_sends
from providers.api_keys.daily_sends import SENDS_ALONE
from providers.models import ApiKey, AuditEntry, Project, Scope
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


@pytest.mark.parametrize("wanted", [body(), many(2)])
def test_a_call_that_comes_again_is_counted_once(
    wanted: dict[str, Any], key: tuple[ApiKey, str], shop: Client
) -> None:
    answers = [send(shop, wanted, **{"Idempotency-Key": "order-77"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    counted = ApiKey.objects.get(pk=key[0].pk).sent_today
    assert counted == Message.objects.count() == len(wanted.get("records", [1]))


def test_such_a_key_publishes_nothing(
    project: Project, key: tuple[ApiKey, str], shop: Client
) -> None:
    campaign = CampaignFactory.create(project=project)
    answer = shop.post(KEY_ADDRESS.format(campaign.pk), headers={"If-Match": "*"})
    assert code_of(answer) == (403, "key.sends_alone")
    assert fault_of(call(backend_of(*key), "/1/targets/create.json", {}))[0] == 403
    campaign.refresh_from_db()
    assert campaign.status == "draft"


# What is counted, and what makes no campaign send.
OTHERS = {"send_message", "conversation_reply", "campaign_pause", "campaign_stop", "stop_target"}


def sending_doors() -> Iterator[tuple[str, str, URLPattern]]:
    """The method, the name of its namespace, the place of each call that needs the scope."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) in ("api/v1/", "1/"):
            for place in resolver.url_patterns:
                assert isinstance(place, URLPattern)
                view = place.callback.view_class  # type: ignore[attr-defined]
                scopes = view.scopes if issubclass(view, ApiView) else {}
                for method, scope in scopes.items():
                    if scope == Scope.SEND:
                        yield method, str(resolver.namespace), place


def test_such_a_key_sets_no_campaign_going(project: Project, key: tuple[ApiKey, str]) -> None:
    """Whatever call may send is counted, or refused, or holds a campaign back."""
    paused = CampaignFactory.create(project=project, status=CampaignStatus.PAUSED)
    shop, backend = program(key[1]), backend_of(*key)
    refused = set()
    for method, namespace, place in sending_doors():
        within = {"number": paused.pk} if "number" in str(place.pattern) else {}
        address = reverse(f"{namespace}:{place.name}", kwargs=within)
        caller = backend if namespace == "clevertap" else shop
        body = {"id": paused.pk}
        answer = caller.generic(method, address, json.dumps(body), "application/json")
        said = answer.json()
        if SENDS_ALONE in (said.get("detail"), said.get("error")):
            assert answer.status_code == 403
            refused.add(place.name)

    names = {place.name for _, _, place in sending_doors()}
    assert (refused, OTHERS - names) == (names - OTHERS, set())
    assert refused >= {"campaign_publish", "campaign_resume", "create_target"}
    assert not AuditEntry.objects.filter(action__in=["campaign.resumed", "campaign.published"])


def test_a_key_without_a_limit_counts_nothing(project: Project, template: Template) -> None:
    free, text = key_of(project, *Scope)
    assert send(program(text), many(5)).status_code == 202
    free.refresh_from_db()
    assert (free.sent_on, free.sent_today) == (None, 0)
