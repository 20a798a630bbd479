"""POST /1/counts/profiles.json: how many people did something from one day to another."""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.clevertap.queries import read_query, rule_of
from campaigns.audience.segments.estimating import LOCK, count_people, one_at_a_time
from campaigns.audience.segments.spans import Clock
from providers.api.bodies import read_object
from providers.api.clevertap import CleverTapView
from providers.models import Scope

PATIENCE = 10_000  # milliseconds


class CountProfiles(CleverTapView):
    """At once, or not: there is no count to be asked for again. Changes nothing."""

    scopes = {"POST": Scope.READ}

    def post(self, request: Request) -> Response:
        rule = rule_of(self.project, read_query(read_object(request)))
        if rule is None:
            return Response({"status": "success", "count": 0})
        with transaction.atomic():
            one_at_a_time(self.project, LOCK)
            clock = Clock(timezone.now(), ZoneInfo(self.project.time_zone))
            count = count_people(self.project, rule, clock, patience=PATIENCE)
        return Response({"status": "success", "count": count})
