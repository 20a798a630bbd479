"""POST /1/counts/profiles.json and /1/counts/events.json: how many people did something, and how
often it was done."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.clevertap.queries import Query, read_event, read_query, rule_of
from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.estimating import (
    LOCK,
    count_events,
    count_people,
    one_at_a_time,
)
from campaigns.audience.segments.rules import Group
from campaigns.audience.segments.spans import Clock
from providers.api.bodies import read_object
from providers.api.clevertap import CleverTapView
from providers.models import Scope

PATIENCE = 10_000  # milliseconds


class Count(CleverTapView):
    """At once, or not: there is no count to be asked for again. Changes nothing."""

    scopes = {"POST": Scope.READ}

    def post(self, request: Request) -> Response:
        rule = rule_of(self.project, self.query_of(read_object(request)))
        if rule is None:
            return Response({"status": "success", "count": 0})
        with transaction.atomic():
            one_at_a_time(self.project, LOCK)
            count = self.count(rule, Clock(timezone.now(), ZoneInfo(self.project.time_zone)))
        return Response({"status": "success", "count": count})

    def query_of(self, body: dict[str, Any]) -> Query:
        """Raises Problem."""
        raise NotImplementedError

    def count(self, rule: Group, clock: Clock) -> int:
        """Raises EstimateRefused."""
        raise NotImplementedError


class CountProfiles(Count):
    def query_of(self, body: dict[str, Any]) -> Query:
        return read_query(body)

    def count(self, rule: Group, clock: Clock) -> int:
        return count_people(self.project, rule, clock, patience=PATIENCE)


class CountEvents(Count):
    """Of one event alone."""

    def query_of(self, body: dict[str, Any]) -> Query:
        return Query([read_event(body)])

    def count(self, rule: Group, clock: Clock) -> int:
        asked = [one for one in rule.members if isinstance(one, Happened)]
        return sum(count_events(self.project, one, clock, patience=PATIENCE) for one in asked)
