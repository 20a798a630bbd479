"""Writing a campaign, looking whether it can go out, and publishing it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import (
    CAMPAIGN,
    ReadCampaigns,
    SetsGoing,
    campaign_of,
    with_results,
)
from campaigns.api.draft_document import BODY, DRAFT, told_draft
from campaigns.api.reading_drafts import read_draft
from campaigns.audience.properties import properties_of
from campaigns.audience.segments.naming import hold_project
from campaigns.models import Campaign, CampaignStatus, Reason, Variant
from campaigns.models.variant import letter_of
from campaigns.planning.approvals import needs_approval
from campaigns.planning.drafting import save_draft
from campaigns.planning.opening_links import findings_of, links_of, open_links
from campaigns.planning.preflight import Finding, Section, blocking, findings, variants_of
from campaigns.running.counting_reach import counted_reach
from campaigns.running.lifecycle import NEEDS_APPROVAL, NOT_READY, LifecycleError
from campaigns.running.publishing import fingerprint, publish_as_seen
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.bodies import read_object
from providers.api.operations import Operation
from providers.api.repeats import once
from providers.api.rows import row_of
from providers.api.versions import check_match, etag_of
from providers.models import Project, Scope
from providers.watch.auditing import Change

CHECK = schemas.record(
    {
        "is_ready": schemas.BOOLEAN | {"description": "Nothing keeps it from being published."},
        "findings": schemas.list_of(
            schemas.record(
                {
                    "section": schemas.one_of(list(Section)),
                    "message": schemas.text(),
                    "variant": schemas.text("Its letter, where it is about one of several."),
                    "slot": schemas.text("The key of the value that it is about."),
                    "blocks": schemas.BOOLEAN,
                }
            )
        ),
        "reach": schemas.or_null(
            schemas.record(
                {
                    "people": schemas.whole("Whom it takes."),
                    "to_send": schemas.whole(),
                    "left_out": schemas.numbers_by_name("How many, by the reason."),
                }
            )
        )
        | {"description": "null while it is being counted: ask again in some seconds."},
    },
    name="Check",
)


class Campaigns(ReadCampaigns):
    """GET reads them, POST writes one."""

    scopes = {"GET": Scope.READ, "POST": Scope.WRITE}
    operations = {
        **ReadCampaigns.operations,
        "POST": Operation(
            name="create_campaign",
            summary="Write a campaign",
            said="A draft with all that it has: what is missing counts only when it is published, "
            "what is said must be right.",
            status=HTTPStatus.CREATED,
            body=BODY,
            answer=CAMPAIGN,
        ),
    }

    @once
    def post(self, request: Request) -> Response:
        draft = read_draft(self.project, read_object(request))
        campaign = draft.put_into(Campaign(project=self.project))
        save_draft(campaign, variants=draft.written, by=self.actor)
        return Response(with_results(campaign), HTTPStatus.CREATED)


class OneDraft(ApiView):
    """What a campaign says, in the form in which it is written."""

    scopes = {"GET": Scope.READ, "PUT": Scope.WRITE}
    operations = {
        "GET": Operation(
            name="get_draft",
            summary="Read what a campaign says",
            said="To whom, what and when, as it can be written.",
            answer=DRAFT,
            is_guarded=True,
        ),
        "PUT": Operation(
            name="write_draft",
            summary="Write a draft anew",
            said="The whole of it: what is left out becomes as in a new one. Only drafts can be "
            "written, and only where nobody has changed them since they were read.",
            body=BODY,
            answer=DRAFT,
            is_guarded=True,
        ),
    }

    def get(self, _request: Request, number: int) -> Response:
        return _tagged(told_draft(campaign_of(self.project, number)))

    @once
    def put(self, request: Request, number: int) -> Response:
        campaign_of(self.project, number)
        draft = read_draft(self.project, read_object(request))
        with transaction.atomic():
            hold_project(self.project.pk)  # before its row, as whoever publishes one that is live
            campaign = _held(self.project, number)
            before = told_draft(campaign)
            check_match(request, etag_of(before))
            draft.put_into(campaign)
            changes = _changes(before, told_draft(campaign, draft.written))
            save_draft(campaign, variants=draft.written, by=self.actor, changes=changes)
        return _tagged(told_draft(campaign_of(self.project, number)))


class Check(ApiView):
    scopes = {"GET": Scope.READ}
    operations = {
        "GET": Operation(
            name="check_campaign",
            summary="See whether a campaign can go out",
            said="What keeps it back or is worth knowing, and how many people it would reach now.",
            answer=CHECK,
        )
    }

    def get(self, _request: Request, number: int) -> Response:
        campaign = campaign_of(self.project, number)
        variants = variants_of(campaign)
        known = [known.name for known in properties_of(self.project)]
        found = [*findings(campaign, variants, known_properties=known)]
        if needs_approval(campaign):
            found.append(Finding(section=Section.START, message=NEEDS_APPROVAL))
        several = len(variants) > 1
        told = [_told_finding(finding, several=several) for finding in found]
        is_ready = campaign.status == CampaignStatus.DRAFT and not blocking(found)
        reach = _told_reach(campaign, variants)
        return Response({"is_ready": is_ready, "findings": told, "reach": reach})


class Publish(SetsGoing):
    """Links are opened before the call begins what it does: that may take seconds, and nothing is
    to wait for it."""

    scopes = {"POST": Scope.SEND}
    operations = {
        "POST": Operation(
            name="publish_campaign",
            summary="Publish a campaign",
            said="It goes out now, or at its time. Refused where something is missing, with the "
            "reasons, or where it was changed since it was read.",
            answer=CAMPAIGN,
            is_guarded=True,
        )
    }

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        campaign = campaign_of(self.project, kwargs["number"])
        if campaign.status != CampaignStatus.DRAFT:
            return
        if problems := findings_of(open_links(links_of(variants_of(campaign)))):
            words = " ".join(problem.message for problem in problems)
            raise LifecycleError(words, code=NOT_READY)

    @once
    def post(self, request: Request, number: int) -> Response:
        campaign = campaign_of(self.project, number)
        check_match(request, etag_of(told_draft(campaign)))
        seen = fingerprint(campaign, variants_of(campaign))
        publish_as_seen(campaign.pk, seen=seen, by=self.actor)
        return Response(with_results(campaign_of(self.project, number)))


def _held(project: Project, number: int) -> Campaign:
    """Until the transaction ends. Raises Http404."""
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("project")
    return row_of(rows, project, number)


def _tagged(told: dict[str, Any]) -> Response:
    return Response(told, headers={"ETag": etag_of(told)})


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    return [
        Change(name.replace("_", " ").capitalize()) for name in now if now[name] != before[name]
    ]


def _told_finding(finding: Finding, *, several: bool) -> dict[str, Any]:
    of_one = several and finding.section is Section.WHAT and bool(finding.slot)
    return {
        "section": finding.section.value,
        "message": finding.message,
        "variant": letter_of(finding.position) if of_one else "",
        "slot": finding.slot,
        "blocks": finding.blocks,
    }


def _told_reach(campaign: Campaign, variants: Sequence[Variant]) -> dict[str, Any] | None:
    counted = counted_reach(campaign, variants) if campaign.has_audience and variants else None
    if counted is None:
        return None
    dropped = {Reason(reason).value: people for reason, people in counted.reach.dropped.items()}
    reach = counted.reach
    return {"people": reach.total, "to_send": reach.to_send, "left_out": dropped}
