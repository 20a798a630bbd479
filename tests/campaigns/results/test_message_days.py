"""Messages of some time, among all those whose numbers grow with it."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Message
from campaigns.results.message_days import messages_in, number_after
from campaigns.results.spans import Span
from providers.models import Project
from tests.factories import MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_as_a_look_at_each_message_finds_them(project: Project) -> None:
    """Also where numbers are missing, and where others' lie between them."""
    chance = Random(7)
    runs = [RunFactory.create(campaign__project=project), RunFactory.create()]
    for number in range(60):
        # Within the hour they may be out of order.
        at = NOON + number * HOUR / 2 + chance.random() * HOUR * 0.9
        MessageFactory.create(run=runs[chance.random() < 0.3], created_at=at)
    Message.objects.filter(
        pk__in=chance.sample(list(Message.objects.values_list("pk", flat=True)), 15)
    ).delete()
    mine = list(Message.objects.filter(project=project).order_by("pk"))
    for _ in range(40):
        first = NOON + (chance.random() * 40 - 5) * HOUR
        span = Span(first, first + chance.random() * 12 * HOUR)
        assert list(messages_in(project, span)) == [
            message for message in mine if span.first <= message.created_at < span.last
        ]


def test_it_is_one_query_whether_there_are_messages_or_not(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    span = Span(NOON, NOON + HOUR)
    with django_assert_num_queries(1):
        assert number_after(project, span) == 1
