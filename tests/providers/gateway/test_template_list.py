"""The account's own templates, page by page."""

import asyncio
import json

import pytest

from providers.gateway.client import GatewayClient
from providers.gateway.requests import Credentials, ListTemplates
from providers.gateway.results import Verdict
from providers.gateway.template_list import ListedTemplate, TemplatePage
from tests.gateway_simulator import (
    HSM_PASSWORD,
    HSM_USER,
    TWO_WAY_PASSWORD,
    TWO_WAY_USER,
    running_simulator,
)
from tests.providers.gateway.servers import answering, http, serving, settings_for

HSM = Credentials(user_id=HSM_USER, password=HSM_PASSWORD)
TWO_WAY = Credentials(user_id=TWO_WAY_USER, password=TWO_WAY_PASSWORD)
SALE = {
    "id": "100200300",
    "name": "sale",
    "category": "MARKETING",
    "language": "en",
    "type": "TEXT",
    "body": "Hello {{1}}",
    "header": "Sale",
    "footer": "Tea shop",
    "button_type": "QUICK_REPLY",
    "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}],
    "quality_score": "GREEN",
    "status": "ENABLED",
}


def listed(url: str, login: Credentials, **page: int) -> TemplatePage:
    async def go() -> TemplatePage:
        async with GatewayClient(settings_for(url)) as client:
            return await client.list_templates(ListTemplates(**page), login)

    return asyncio.run(go())


def listed_from(body: bytes) -> TemplatePage:
    async def go() -> TemplatePage:
        async with (
            serving(answering(http(body))) as served,
            GatewayClient(settings_for(served.url)) as client,
        ):
            return await client.list_templates(ListTemplates(), HSM)

    return asyncio.run(go())


def test_a_template_comes_with_all_its_parts() -> None:
    with running_simulator() as gateway:
        gateway.register(templates=[SALE])
        page = listed(gateway.gateway_url, HSM)
    assert (page.answer.verdict, page.total, page.templates) == (
        Verdict.ACCEPTED,
        1,
        (
            ListedTemplate(
                template_id="100200300",
                name="sale",
                category="MARKETING",
                language="en",
                kind="TEXT",
                status="ENABLED",
                body="Hello {{1}}",
                header="Sale",
                footer="Tea shop",
                button_type="QUICK_REPLY",
                buttons_json='[{"type": "QUICK_REPLY", "text": "Yes"}]',
                quality_score="GREEN",
            ),
        ),
    )


def test_many_templates_come_in_pages() -> None:
    with running_simulator() as gateway:
        gateway.register(templates=[SALE | {"id": str(number)} for number in range(7)])
        page = listed(gateway.gateway_url, HSM, limit=5, offset=5)
    assert ([row.template_id for row in page.templates], page.total) == (["5", "6"], 7)


def test_the_two_way_account_lists_none() -> None:
    with running_simulator() as gateway:
        page = listed(gateway.gateway_url, TWO_WAY)
    assert (page.answer.verdict, page.answer.code, page.templates) == (
        Verdict.REFUSED,
        "106",
        (),
    )


def test_a_long_list_is_read_whole() -> None:
    rows = [SALE | {"id": str(number), "body": "x" * 1000} for number in range(500)]
    assert len(listed_from(json.dumps({"data": rows}).encode()).templates) == 500


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"data": {"status": "error", "id": "401"}}', (Verdict.REFUSED, "401")),
        (b"<html>down</html>", (Verdict.IN_DOUBT, "unreadable")),
        (b'{"data": "none"}', (Verdict.IN_DOUBT, "unreadable")),
    ],
)
def test_what_is_no_list_is_an_answer_without_templates(
    body: bytes, expected: tuple[Verdict, str]
) -> None:
    page = listed_from(body)
    assert ((page.answer.verdict, page.answer.code), page.templates) == (expected, ())


def test_odd_rows_and_counts_are_passed_over() -> None:
    page = listed_from(b'{"data": [null, 7, {"id": 5}], "meta": {"total": "many"}}')
    assert ([row.template_id for row in page.templates], page.total) == (["5"], None)
