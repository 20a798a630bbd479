"""POST /1/targets/create.json, stop.json, list.json and result.json: campaigns of WhatsApp, made,
stopped and looked at as CleverTap's API does. Experimental: what is known of it is thin."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import SetsGoing
from campaigns.api.clevertap.queries import NOT_BEFORE, day_of, document_of, rule_of
from campaigns.api.clevertap.reading_targets import (
    NO_QUERY,
    Target,
    read_target,
    refused,
)
from campaigns.api.reading_drafts import Draft, read_draft
from campaigns.audience.segments.estimating import EstimateRefused, estimate
from campaigns.audience.segments.knowing import rule_of as rule_of_segment
from campaigns.audience.segments.rules import Group
from campaigns.audience.segments.saving import LONGEST_NAME, save_segment
from campaigns.audience.segments.spans import Clock
from campaigns.models import (
    Audience,
    AudiencePart,
    Campaign,
    CampaignStatus,
    Segment,
    Variant,
)
from campaigns.planning.drafting import save_draft
from campaigns.planning.opening_links import findings_of, links_of, open_links
from campaigns.results.numbers import results_by_campaign
from campaigns.running import lifecycle
from providers.api.bodies import read_fields, read_object
from providers.api.clevertap import CleverTapView
from providers.api.problems import Problem
from providers.models import Scope
from providers.names.free_names import first_free

PATIENCE = 10_000  # milliseconds
MOST_LISTED, MOST_DAYS = 1_000, 366
MOST_NUMBER = 2**63 - 1
NO_SEGMENT = "There is no such segment in this project."
NO_EVENT = "No such event has ever come in."
NO_TARGET = "There is no such campaign in this project."
NOT_OVER = "The campaign is {status}: its result is told when it has completed."
TOO_LONG = f"Ask for at most {MOST_DAYS} days at once."
WORDS: Mapping[str, str] = {
    CampaignStatus.SCHEDULED: "scheduled",
    CampaignStatus.LAUNCHING: "running",
    CampaignStatus.RUNNING: "running",
    CampaignStatus.PAUSED: "running",
    CampaignStatus.COMPLETED: "completed",
    CampaignStatus.STOPPED: "stopped",
    CampaignStatus.FAILED: "stopped",
}


class CreateTarget(SetsGoing, CleverTapView):
    """Made and published at once, or nothing is; whom a query finds becomes a segment."""

    scopes = {"POST": Scope.SEND}

    def post(self, request: Request) -> Response:
        target = read_target(self.project, read_object(request))
        draft = read_draft(self.project, target.document)
        segment = self._segment(target)
        estimates = self._estimates(target, segment)
        if target.is_estimate:
            return Response({"status": "success", "estimates": estimates})
        self._open_links(draft)
        campaign = self._publish(draft, segment)
        return Response({"status": "success", "id": campaign.pk, "estimates": estimates})

    def _segment(self, target: Target) -> Segment:
        """The project's, or a new one that is not saved yet. Raises Problem."""
        if target.query is None:
            number = target.segment_id or 0
            mine = Segment.objects.select_related("project").filter(project=self.project)
            found = mine.filter(pk=number).first() if 0 < number <= MOST_NUMBER else None
            if found is None:
                raise refused(NO_SEGMENT)
            return found
        rule_of(self.project, target.query)
        document = document_of(self.project, target.query)
        if document is None:
            raise refused(f"{NO_QUERY}. {NO_EVENT}")
        return Segment(project=self.project, rule=document, name=str(target.document["name"]))

    def _estimates(self, target: Target, segment: Segment) -> dict[str, int]:
        """How many could be sent to; empty where that takes too long, and was not all that is
        wanted."""
        if not (target.wants_estimate or target.is_estimate):
            return {}
        rule = rule_of_segment(segment)
        try:
            return {"whatsapp": self._count(rule)}
        except EstimateRefused:
            if target.is_estimate:
                raise
            return {}

    def _count(self, rule: Group) -> int:
        clock = Clock(timezone.now(), ZoneInfo(self.project.time_zone))
        return estimate(self.project, rule, clock, patience=PATIENCE).sendable

    def _open_links(self, draft: Draft) -> None:
        """Before anything is held."""
        variants = [
            Variant(position=one.position, version=one.template.current, values=dict(one.values))
            for one in draft.written
            if one.template.current is not None
        ]
        if problems := findings_of(open_links(links_of(variants))):
            raise refused(" ".join(problem.message for problem in problems))

    @transaction.atomic
    def _publish(self, draft: Draft, segment: Segment) -> Campaign:
        if segment._state.adding:
            taken = Segment.objects.filter(project=self.project)
            segment.name = first_free(taken, segment.name[: LONGEST_NAME - 10], "{stem} ({number})")
            save_segment(segment, by=self.actor)
        campaign = draft.put_into(Campaign(project=self.project))
        campaign.audience = Audience.SOME
        campaign.unsaved_parts = [AudiencePart(segment=segment, is_left_out=False)]
        save_draft(campaign, variants=draft.written, by=self.actor)
        lifecycle.publish(campaign, by=self.actor)
        return campaign


class StopTarget(CleverTapView):
    scopes = {"POST": Scope.SEND}

    def post(self, request: Request) -> Response:
        lifecycle.stop(target_of(self, request), by=self.actor)
        return Response({"status": "success"})


class TargetResult(CleverTapView):
    """Once it has completed."""

    scopes = {"POST": Scope.READ}

    def post(self, request: Request) -> Response:
        campaign = target_of(self, request)
        if campaign.status != CampaignStatus.COMPLETED:
            words = NOT_OVER.format(status=WORDS.get(campaign.status, "pending"))
            raise Problem(HTTPStatus.CONFLICT, "campaign.not_over", words)
        results = results_by_campaign([campaign.pk])[campaign.pk]
        told = {"sent": results.count("sent"), "clicked": results.count("clicked")}
        return Response({"status": "success", "result": told})


class ListTargets(CleverTapView):
    """Those that were made from one day to another, drafts of people too, the newest first."""

    scopes = {"POST": Scope.READ}

    def post(self, request: Request) -> Response:
        given = read_fields(read_object(request), {"from": int, "to": int}, needed=["from", "to"])
        first, last = (day_of(given[name], name) for name in ("from", "to"))
        if first > last:
            raise refused(NOT_BEFORE)
        if (last - first).days > MOST_DAYS:
            raise refused(TOO_LONG)
        zone = ZoneInfo(self.project.time_zone)
        since, until = (
            datetime.combine(day, time(), zone).astimezone(UTC)
            for day in (first, last + timedelta(days=1))
        )
        campaigns = Campaign.objects.without_versions().filter(project=self.project)
        made = campaigns.filter(created_at__gte=since, created_at__lt=until).order_by("-pk")
        told = [_told(campaign, zone) for campaign in made[:MOST_LISTED]]
        return Response({"status": "success", "targets": told})


def target_of(view: CleverTapView, request: Request) -> Campaign:
    """Raises Problem."""
    number = read_fields(read_object(request), {"id": int}, needed=["id"])["id"]
    mine = Campaign.objects.filter(project=view.project, pk=number)
    found = mine.first() if 0 < number <= MOST_NUMBER else None
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, "not_found", NO_TARGET)
    return found


def _told(campaign: Campaign, zone: ZoneInfo) -> dict[str, Any]:
    at = campaign.starts_at or campaign.published_at
    return {
        "id": campaign.pk,
        "name": campaign.name,
        "scheduled_on": f"{at.astimezone(zone):%Y%m%d %H:%M}" if at else "",
        "status": WORDS.get(campaign.status, "pending"),
    }
