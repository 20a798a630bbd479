"""Every page of the console where there is much to show: milliseconds and queries of each. Fails
where one is slow.

`size` messages of ten campaigns to a tenth as many people, with an event each, and a draft to all
of them. Every list is also asked for by what its own page links to: filters, one and two at once,
orders, further pages.
"""

import html
import logging
import re
import sys
import time
from collections.abc import Iterator
from itertools import combinations
from statistics import median
from urllib.parse import parse_qsl, urlencode

from django.contrib.admin import ModelAdmin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import (
    Campaign,
    CampaignStatus,
    EventName,
    Message,
    MessageKind,
    Run,
    RunStatus,
    State,
)
from providers.admin.belonging import project_path_of
from providers.models import Project, Role
from tests.benchmarks.measuring import say
from tests.benchmarks.people import make_campaign, make_project
from tests.console_pages import PAGES, changelist, plain_pages, row_of, row_pages
from tests.factories import MembershipFactory

CAMPAIGNS = 10
MOST_LINKS = 12
TIMES = 3
SLOW_MS = 300.0
NO_FILTERS = {"o", "p", "q", "before"}
LINK = re.compile(r'href="(\?[^"]+)"')

# One in fifty has failed, most have been read.
MESSAGES = f"""
WITH made AS (
    INSERT INTO campaigns_message (project_id, kind, campaign_id, run_id, variant_id, profile_id,
        phone, send_key, state, reason, code, detail, attempt, external_id, created_at, sent_at,
        delivered_at, read_at, failed_at)
    SELECT project_id, {MessageKind.CAMPAIGN:d}, %(campaign)s, %(run)s, %(variant)s, id, phone,
        match_key, state, CASE WHEN state = {State.FAILED:d} THEN 'reported' ELSE '' END,
        CASE WHEN state = {State.FAILED:d} THEN '003' ELSE '' END, '', 1,
        '5145722132009541678-' || id, now(), now(),
        CASE WHEN state >= {State.DELIVERED:d} THEN now() END,
        CASE WHEN state = {State.READ:d} THEN now() END,
        CASE WHEN state = {State.FAILED:d} THEN now() END
    FROM (SELECT p.*, CASE WHEN id %% 50 = 0 THEN {State.FAILED:d}
            WHEN id %% 5 = 0 THEN {State.DELIVERED:d} ELSE {State.READ:d} END AS state
        FROM campaigns_profile p WHERE project_id = %(project)s ORDER BY id) AS judged
    RETURNING *
)
INSERT INTO campaigns_event (project_id, profile_id, message_id, name, at, properties, dedupe)
SELECT project_id, profile_id, id, '{EventName.SENT}', sent_at, '{{}}', 0 FROM made
"""
COUNT = """
INSERT INTO campaigns_tally (run_id, name, n)
SELECT run_id, name, count(*) FROM campaigns_message,
    unnest(ARRAY['targeted', 'sent', CASE WHEN failed_at IS NOT NULL THEN 'failed' END]) AS name
WHERE run_id = %s AND name IS NOT NULL GROUP BY run_id, name
"""


def run(size: int) -> None:
    project = make_project(people=max(1, size // CAMPAIGNS), rate=80)
    for _ in range(CAMPAIGNS):
        _send(project)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    logging.getLogger("django.request").setLevel(logging.ERROR)  # not every page is for everybody
    client = _signed_in(project)
    pages = dict.fromkeys(_pages(client, project))
    slow = [page for page in pages if _measure(client, page, size) > SLOW_MS]
    if slow:
        sys.exit(f"slower than {SLOW_MS:.0f} ms: {', '.join(slow)}")


def _send(project: Project) -> None:
    """One campaign to everybody, over."""
    campaign = make_campaign(project)
    campaign.status = CampaignStatus.COMPLETED
    campaign.save(update_fields=["status"])
    sent = Run.objects.create(campaign=campaign, last_profile_id=0, status=RunStatus.FINISHED)
    parameters = {
        "project": project.pk,
        "campaign": campaign.pk,
        "run": sent.pk,
        "variant": campaign.variants.get().pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(MESSAGES, parameters)
        cursor.execute(COUNT, [sent.pk])


def _signed_in(project: Project) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(MembershipFactory.create(project=project, role=Role.ADMIN).user)
    return client


def _pages(client: Client, project: Project) -> Iterator[str]:
    """Addresses that answer 200."""
    yield "/"
    draft = make_campaign(project)  # its last page asks for everybody
    for model_admin in PAGES.values():
        rows = [_row(model_admin.model, project)] + [draft] * (model_admin.model is Campaign)
        addresses = [page.url(row) for row in rows for page in row_pages(model_admin)]
        for address in plain_pages(model_admin) + addresses:
            if client.get(address).status_code == 200:
                yield address
        yield from _linked(client, model_admin)


def _row(model: type[Model], project: Project) -> Model:
    """One from among the many, where there are many: the oldest."""
    if model is Project:
        return project
    if model is Message:
        return Message.objects.filter(project=project).order_by("pk")[0]
    path = project_path_of(model)
    found = model._default_manager.filter(**{path: project}).order_by("pk").first()
    made: Model = found or row_of(model, project)
    return made


def _linked(client: Client, model_admin: "ModelAdmin[Model]") -> Iterator[str]:
    """What a list's page links to on itself, its filters in pairs, and a search where there is
    one."""
    address = changelist(model_admin.model)
    page = client.get(address)
    if page.status_code != 200:
        return
    links = dict.fromkeys(html.unescape(link) for link in LINK.findall(page.content.decode()))
    for link in list(links)[:MOST_LINKS]:
        yield address + link
    for pair in _pairs(list(links)):
        yield f"{address}?{urlencode(pair)}"
    if model_admin.search_fields:
        yield f"{address}?q=customer-77"
        yield f"{address}?q=919000"


def _pairs(links: list[str]) -> Iterator[dict[str, str]]:
    """The first and the last value of each filter with those of each other one."""
    values: dict[str, list[str]] = {}
    for link in links:
        chosen = parse_qsl(link.removeprefix("?"))
        if len(chosen) == 1 and chosen[0][0] not in NO_FILTERS:
            values.setdefault(chosen[0][0], []).append(chosen[0][1])
    for one, other in combinations(values, 2):
        for first in dict.fromkeys((values[one][0], values[one][-1])):
            for second in dict.fromkeys((values[other][0], values[other][-1])):
                yield {one: first, other: second}


def _measure(client: Client, page: str, size: int) -> float:
    """Milliseconds of the server, the median of a few."""
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    queries = len(captured)  # the next request clears them
    milliseconds = median(_milliseconds(client, page) for _ in range(TIMES))
    say("pages", size=size, page=page, ms=milliseconds, queries=queries)
    return milliseconds


def _milliseconds(client: Client, page: str) -> float:
    started = time.perf_counter()
    client.get(page)
    return (time.perf_counter() - started) * 1000
