"""POST /1/counts/trends.json and /1/counts/top.json: an event over the days, and by the values of
its properties. Experimental: what is known of their answers is thin."""

from collections.abc import Mapping
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.clevertap.counts import PATIENCE
from campaigns.api.clevertap.queries import (
    OF_EVENTS,
    Condition,
    Query,
    day_of,
    read_event,
    rule_of,
    wrong,
)
from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.estimating import LOCK, one_at_a_time
from campaigns.audience.segments.event_breakdowns import Step, by_value, over_time
from campaigns.audience.segments.spans import Clock
from providers.api.bodies import read_fields, read_object
from providers.api.clevertap import CleverTapView
from providers.api.fields import flaw_of
from providers.models import Scope

MOST_GROUPS, MOST_VALUES, USUAL_VALUES, MOST_DAYS = 10, 100, 10, 366
STEPS = {step.name.lower(): step for step in Step}
ORDERS = ("desc", "asc")
NO_GROUPS = f"It is no object of 1 to {MOST_GROUPS} objects, each by a name that is not “status”."
NO_STEP = f"It is none of {', '.join(STEPS)}."
NO_TYPE = "Kabootar tells of “event_properties” alone."
NO_ORDER = "It is neither desc nor asc."
NO_NUMBER = f"It is no number from 1 to {MOST_VALUES}."
TOO_LONG = f"Ask for at most {MOST_DAYS} days at once."

Given = Mapping[str, Any]


class Breakdown(CleverTapView):
    """At once, or not, as `Count`. Changes nothing."""

    scopes = {"POST": Scope.READ}
    more: ClassVar[Mapping[str, type]] = {}

    def post(self, request: Request) -> Response:
        fields = {**OF_EVENTS, "groups": dict, **self.more}
        given = read_fields(read_object(request), fields, needed=["groups"])
        event = read_event({name: value for name, value in given.items() if name in OF_EVENTS})
        _check_days(given)
        if flaw := flaw_of(given.get("sum_event_prop", "")):
            raise wrong("sum_event_prop", flaw)
        groups = _groups(given["groups"])
        of_all = {name: given[name] for name in self.more if name in given}
        asked = {
            name: {**of_all, **self.read(group, f"groups.{name[:100]}")}
            for name, group in groups.items()
        }
        return Response({"status": "success", **self._told(event, asked)})

    def _told(self, event: Condition, asked: Mapping[str, Given]) -> dict[str, Any]:
        """An event that never came in has nothing to tell of."""
        rule = rule_of(self.project, Query([event]))
        happened = rule.members[0] if rule else None
        if not isinstance(happened, Happened):
            return {name: {} for name in asked}
        clock = Clock(timezone.now(), ZoneInfo(self.project.time_zone))
        with transaction.atomic():
            one_at_a_time(self.project, LOCK)
            return {name: self.told(happened, clock, group) for name, group in asked.items()}

    def read(self, group: Mapping[str, Any], path: str) -> Given:
        """What of it is known here. Raises Problem."""
        raise NotImplementedError

    def told(self, happened: Happened, clock: Clock, group: Given) -> Any:
        """Raises EstimateRefused."""
        raise NotImplementedError


class Trends(Breakdown):
    more = {"unique": bool, "sum_event_prop": str}

    def read(self, group: Mapping[str, Any], path: str) -> Given:
        read = read_fields(group, {"trend_type": str}, needed=["trend_type"])
        if read["trend_type"] not in STEPS:
            raise wrong(f"{path}.trend_type", NO_STEP)
        return read

    def told(self, happened: Happened, clock: Clock, group: Given) -> Any:
        return over_time(
            self.project,
            happened,
            clock,
            STEPS[group["trend_type"]],
            each_person_once=group.get("unique", False),
            summed=group.get("sum_event_prop", ""),
            patience=PATIENCE,
        )


class TopValues(Breakdown):
    def read(self, group: Mapping[str, Any], path: str) -> Given:
        fields = {"property_type": str, "name": str, "top_n": int, "order": str}
        read = read_fields(group, fields, needed=["property_type", "name"])
        if read["property_type"] != "event_properties":
            raise wrong(f"{path}.property_type", NO_TYPE)
        if not 1 <= read.get("top_n", 1) <= MOST_VALUES:
            raise wrong(f"{path}.top_n", NO_NUMBER)
        if read.get("order", "desc") not in ORDERS:
            raise wrong(f"{path}.order", NO_ORDER)
        if flaw := flaw_of(read["name"]):
            raise wrong(f"{path}.name", flaw)
        return read

    def told(self, happened: Happened, clock: Clock, group: Given) -> Any:
        values = by_value(
            self.project,
            happened,
            clock,
            group["name"],
            most=group.get("top_n", USUAL_VALUES),
            rarest=group.get("order") == "asc",
            patience=PATIENCE,
        )
        return {"STR": values}


def _check_days(given: Given) -> None:
    """Raises Problem."""
    first, last = (day_of(given[name], name) for name in ("from", "to"))
    if (last - first).days > MOST_DAYS:
        raise wrong("to", TOO_LONG)


def _groups(given: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Raises Problem."""
    fit = 1 <= len(given) <= MOST_GROUPS and "status" not in given
    if not fit or not all(isinstance(group, dict) for group in given.values()):
        raise wrong("groups", NO_GROUPS)
    return given
