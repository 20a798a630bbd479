"""Every page of the console where there is much to show: milliseconds and queries of each. Fails
where one is slow.

`size` messages of ten campaigns of the last month to a tenth as many people, with what became of
them, and a draft to all of them. Every list is also asked for by what its own page links to:
filters, one and two at once, orders, further pages; and the messages, by each number of the oldest
and the newest campaign, and by the day.
"""

import html
import logging
import re
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from statistics import median
from urllib.parse import parse_qsl, urlencode

from django.contrib.admin import ModelAdmin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import config.urls  # noqa: F401  # brings all apps' pages, before they are asked for
from campaigns.models import Campaign, Message
from providers.admin.belonging import project_path_of
from providers.models import Project, Role
from tests.benchmarks.measuring import say
from tests.benchmarks.people import make_campaign, make_project
from tests.benchmarks.sent_before import send_before
from tests.console_pages import PAGES, changelist, plain_pages, row_of, row_pages
from tests.factories import MembershipFactory

CAMPAIGNS = 10
MOST_LINKS = 12
TIMES = 3
SLOW_MS = 300.0
NO_FILTERS = {"o", "p", "q", "before"}
LINK = re.compile(r'href="(\?[^"]+)"')
TO_MESSAGES = re.compile(r'href="(/campaigns/message/\?[^"]+)"')


def run(size: int) -> None:
    project = make_project(people=max(1, size // CAMPAIGNS), rate=80)
    project.most_per_week = 3  # so that what counts beside a cap counts
    project.save()
    send_before(project, campaigns=CAMPAIGNS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    logging.getLogger("django.request").setLevel(logging.ERROR)  # not every page is for everybody
    client = _signed_in(project)
    pages = dict.fromkeys(_pages(client, project))
    slow = [page for page in pages if _measure(client, page, size) > SLOW_MS]
    if slow:
        sys.exit(f"slower than {SLOW_MS:.0f} ms: {', '.join(slow)}")


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
    yield from _of_campaigns(client, project)


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


def _of_campaigns(client: Client, project: Project) -> Iterator[str]:
    """What leads on from their results, and their messages by the day."""
    sent = list(Campaign.objects.filter(project=project, published_at__isnull=False).order_by("pk"))
    for campaign in (sent[0], sent[-1]):
        page = client.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
        yield from map(html.unescape, TO_MESSAGES.findall(page.content.decode()))
        day = f"{changelist(Message)}?day={campaign.published_at:%Y-%m-%d}"
        yield from (day, f"{day}&slice=failed", f"{day}&campaign={campaign.pk}")
    of = reverse("admin:campaigns_campaign_compare")
    yield f"{of}?{urlencode([('campaign', one.pk) for one in sent[-5:]])}"
    template = sent[0].variants.get().version.template_id
    yield f"{reverse('admin:campaigns_campaign_of_template')}?template={template}"
    year = {"from": timezone.now().date() - timedelta(days=365), "until": timezone.now().date()}
    yield f"{reverse('admin:campaigns_campaign_report')}?{urlencode(year)}"


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
