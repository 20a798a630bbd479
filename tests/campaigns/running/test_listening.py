"""Many live campaigns at once: each is entered as if it were the only one, and what is written in
it is made sense of once."""

import logging
import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus, EventKind, Profile, Trigger
from campaigns.planning.occasion import Deed
from campaigns.running.turning_triggers import turn_due
from providers.models import Project
from tests.campaigns.living import (
    A_DAY,
    AN_HOUR,
    CART,
    ORDER,
    ago,
    did,
    entries,
    living,
    tell,
    told,
)
from tests.campaigns.plans import plan_of
from tests.factories import EventKindFactory, ProfileFactory

pytestmark = pytest.mark.django_db
MUCH: dict[str, Any] = {"on": "number", "property": "Amount", "is": "more", "value": 500}
SHAPES: list[dict[str, Any]] = [
    {},
    {"delay": AN_HOUR, "again": None},
    {"delay": AN_HOUR, "unless": Deed(ORDER)},
    {"did": Deed(CART, (MUCH,)), "again": AN_HOUR},
    {"did": Deed(CART, ({**MUCH, "value": 50},))},
    {"did": Deed(ORDER), "delay": timedelta(days=90)},
    {"did": Deed(ORDER, (MUCH,)), "delay": AN_HOUR, "unless": Deed(CART)},
    {"weekdays": frozenset({2, 4}), "since": time(9), "until": time(20)},
    {"delay": AN_HOUR, "since": time(22), "until": time(4)},
    {"quiet_from": time(0), "quiet_until": time(12), "cut_off_hours": 13},
    {"quiet_from": time(12), "quiet_until": time(0), "delay": AN_HOUR},
    {"ends_at": timezone.now() + A_DAY, "for_hours": 0.5},
]


def test_each_is_entered_as_if_it_were_alone(project: Project) -> None:
    people = ProfileFactory.create_batch(4, project=project)
    EventKindFactory.create(project=project, name=CART).properties.create(
        name="Amount", type="number"
    )
    EventKindFactory.create(project=project, name=ORDER).properties.create(
        name="Amount", type="number"
    )
    campaigns = [living(project, **shape) for shape in SHAPES]
    body = [
        told(who, name, ago(minutes=50 * n + 7 * place), Amount=amount)
        for place, who in enumerate(people)
        for n, (name, amount) in enumerate([(CART, 100), (ORDER, 501), (CART, 900), (CART, 10)])
        if (place, n) != (3, 1)
    ]

    alone = [row for campaign in campaigns for row in rows_after(project, body, only=campaign)]
    together = rows_after(project, body)

    assert together == sorted(alone)
    assert {row[0] for row in together} == {campaign.pk for campaign in campaigns}


def rows_after(
    project: Project, body: list[dict[str, Any]], *, only: Campaign | None = None
) -> list[tuple[Any, ...]]:
    """The triggers that there are when that was told twice, and some became messages in between;
    then all is as it was."""
    with transaction.atomic():
        if only is not None:
            Campaign.objects.exclude(pk=only.pk).update(status=CampaignStatus.STOPPED)
        tell(project, body[::2])
        turn_due()
        tell(project, body)
        rows = Trigger.objects.exclude(campaign__status=CampaignStatus.STOPPED)
        found = sorted(
            rows.values_list(
                *("campaign", "match_key", "profile", "at", "times", "due_at", "expires_at"),
                *("broken_at", "reason"),
            ),
            key=lambda row: row[:4],
        )
        transaction.set_rollback(True)
    return found


def test_what_is_written_in_it_is_made_sense_of_once(project: Project) -> None:
    first, second, third = ProfileFactory.create_batch(3, project=project)
    campaign = living(project, delay=AN_HOUR)
    did(first)
    with CaptureQueriesContext(connection) as once:
        did(second)
    for _ in range(3):
        living(project, delay=AN_HOUR)
    with CaptureQueriesContext(connection) as four:
        did(third)

    assert len(four) == len(once)
    reads = [query["sql"] for query in once if "campaigns_eventkind" in query["sql"]]
    assert not [sql for sql in reads if '"campaigns_eventkind"."name" IN' in sql]
    assert len(entries(campaign)) == 3


def test_what_no_campaign_asks_for_is_one_look_and_holds_nobody(project: Project) -> None:
    who, other = ProfileFactory.create_batch(2, project=project)
    did(who, Amount=1)
    with CaptureQueriesContext(connection) as before:
        did(who, Amount=2)
    more = [living(project, did=Deed(CART, ({**MUCH, "value": 500 + n},))) for n in range(3)]
    orders = living(project, did=Deed(ORDER), delay=AN_HOUR, unless=Deed(CART, (MUCH,)))
    did(who, Amount=3)  # what they ask for is made sense of

    with CaptureQueriesContext(connection) as unmet:
        did(who, Amount=500)
    with CaptureQueriesContext(connection) as met:
        tell(project, [told(other, Amount=n) for n in range(490, 502)])

    assert len(unmet) == len(before)
    assert held_by(unmet) == set()
    # One event of twelve enters one of them, and averts another.
    assert held_by(met) == {more[0].pk, orders.pk}
    assert [entries(one) for one in (*more, orders)] == [[(other.pk, "waits")], [], [], []]


def test_it_is_the_same_statement_whatever_they_ask_for(project: Project) -> None:
    """So PostgreSQL keeps how it is done."""
    people = ProfileFactory.create_batch(3, project=project)
    did(people[0], Amount=1)
    small, large = (
        living(project, did=Deed(CART, ({**MUCH, "value": n},)), delay=timedelta(hours=n))
        for n in (10, 20)
    )
    did(people[0], Amount=15)
    kept = kept_statements()
    did(people[1], Amount=15)
    did(people[2], Amount=25)

    assert kept_statements() == kept
    assert any("INSERT INTO campaigns_trigger" in statement for statement in kept)
    found = [sorted(who for who, _ in entries(one)) for one in (small, large)]
    assert found == [sorted(one.pk for one in people), [people[2].pk]]


def kept_statements() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {statement for (statement,) in cursor.fetchall()}


def held_by(queries: CaptureQueriesContext) -> set[int]:
    held = [query["sql"] for query in queries if "pg_advisory_xact_lock" in query["sql"]]
    texts = [text for sql in held for text in re.findall(r"'\{([\d,]+)\}'", sql)]
    return {int(number) for text in texts for number in text.split(",")}


WAITED = """
INSERT INTO campaigns_trigger (campaign_id, profile_id, match_key, at, times, properties, due_at,
    expires_at, reason, ended_at)
SELECT %s, n, n, now(), 1, '{}', now(), now(), '', CASE WHEN n %% 2 = 0 THEN now() END
FROM generate_series(1, 10000) AS n
"""


def test_what_somebody_had_and_waits_for_is_looked_up_by_itself(project: Project) -> None:
    """However often they had it, and however many others; also before PostgreSQL has looked at the
    table."""
    who = ProfileFactory.create(project=project)
    campaign = living(project, delay=AN_HOUR, unless=Deed(ORDER))
    with connection.cursor() as cursor:
        cursor.execute(WAITED, [campaign.pk])
    with CaptureQueriesContext(connection) as queries:
        tell(project, [told(who, CART), told(who, ORDER)])

    statements = [query["sql"] for query in queries if "told AS MATERIALIZED" in query["sql"]]
    assert ["INSERT INTO campaigns_trigger" in sql for sql in statements] == [False, True]
    for sql in statements:
        plan = plan_of(sql, None)
        bounds = [plan[n + 1] for n, line in enumerate(plan) if " trigger_had " in line]
        assert len(bounds) == 1, "\n".join(plan)
        assert re.search(r"^Index Cond: .*campaign_id = .*match_key = ", bounds[0]), bounds


def test_one_that_cannot_be_read_keeps_nobody_from_the_others(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    who = ProfileFactory.create(project=project)
    broken, fine = living(project), living(project)
    Campaign.objects.filter(pk=broken.pk).update(occasion={"did": 7})
    with caplog.at_level(logging.ERROR):
        did(who)
    assert (entries(broken), entries(fine)) == ([], [(who.pk, "waits")])
    assert f"what sets off campaign {broken.pk}" in caplog.text


def test_an_event_that_was_deleted_is_not_the_one_of_that_name_that_comes_later(
    project: Project,
) -> None:
    who: Profile = ProfileFactory.create(project=project)
    campaign = living(project, delay=AN_HOUR, unless=Deed(ORDER))
    did(who)
    EventKind.objects.get(name=ORDER).delete()
    did(who, at=ago(minutes=1))
    campaign.refresh_from_db()
    assert campaign.averted_by_id is None
    assert list(Trigger.objects.values_list("times", flat=True)) == [1]
    did(who, ORDER)
    assert list(Trigger.objects.values_list("broken_at", flat=True)) == [None]
