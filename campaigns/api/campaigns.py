"""Campaigns and what became of them; pausing, resuming and stopping one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign, CampaignStatus, OwnTime, Reason
from campaigns.results.conversions import amounts_in
from campaigns.results.numbers import SLICES, Cause, Results, results_by_campaign
from campaigns.running import lifecycle
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.listing import QUERY, Asked, Listing, Page, page_by_number, page_schema
from providers.api.operations import Operation
from providers.api.queries import Reader, one_among
from providers.api.repeats import once
from providers.api.rows import row_of
from providers.api_keys.daily_sends import check_sets_going
from providers.models import Project, Scope

CAUSES = schemas.list_of(
    schemas.record(
        {
            "reason": schemas.text(),
            "code": schemas.text("Gupshup's, where it gave one."),
            "people": schemas.whole(),
            "meaning": schemas.text(),
            "way_out": schemas.text(),
        }
    )
)
GOAL = schemas.record(
    {
        "event": schemas.text(),
        "where": schemas.list_of({"type": "object"}),
        "minutes": schemas.whole("How long after a message it counts."),
        "value": schemas.text("The event's property that is added up."),
        "currency": schemas.text("Where the event names none of its own."),
        "currency_property": schemas.text("The event's property that names its currency."),
    },
    name="Goal",
)
NO_GOAL: Sequence[tuple[str, object]] = (
    *(("event", ""), ("where", []), ("minutes", 0)),
    *(("value", ""), ("currency", ""), ("currency_property", "")),
)
CONVERSIONS = schemas.record(
    {
        "people": schemas.whole("Who reached the goal after a message."),
        "total": schemas.whole("Each time."),
        "amounts": schemas.list_of(
            schemas.record({"currency": schemas.text(), "total": schemas.text("A decimal number.")})
        ),
        "control_people": schemas.whole("Whom the campaign's control group held back."),
        "control_converted": schemas.whole("Of these, who reached the goal all the same."),
    },
    name="Conversions",
)
CAMPAIGN = schemas.record(
    {
        "id": schemas.whole(),
        "name": schemas.text(),
        "status": schemas.one_of(CampaignStatus.values),
        "status_reason": schemas.text(),
        "goal": schemas.or_null(GOAL),
        "starts_at": schemas.or_null(schemas.moment()),
        "own_time": schemas.one_of(
            OwnTime.values,
            "Empty: everybody's turn comes at that moment. Otherwise when their own clocks show"
            " what the project's show then.",
        ),
        "ends_at": schemas.or_null(schemas.moment()),
        "created_at": schemas.moment(),
        "published_at": schemas.or_null(schemas.moment()),
        "finished_at": schemas.or_null(schemas.moment()),
        "results": schemas.record(
            {
                "people": schemas.record({name: schemas.whole() for name in SLICES}),
                "clicks": schemas.whole("All of them; “clicked” counts people."),
                "conversions": CONVERSIONS,
                "failed": CAUSES,
                "suppressed": CAUSES,
            }
        ),
    },
    name="Campaign",
)


class ReadCampaigns(Listing):
    of = "campaigns"
    operations = {
        "GET": Operation(
            name="list_campaigns",
            summary="Read campaigns",
            said="With what became of each.",
            query={**QUERY, "status": schemas.one_of(CampaignStatus.values)},
            answer=page_schema(CAMPAIGN),
        )
    }

    def filters(self) -> dict[str, Reader]:
        return {"status": one_among({status: status for status in CampaignStatus.values})}

    def page(self, asked: Asked, **_place: Any) -> Page:
        known = Campaign.objects.without_versions()
        campaigns = known.filter(project=self.project, **asked.filters)
        page = page_by_number(campaigns, asked, told)
        results = results_by_campaign([record["id"] for record in page.records])
        for record in page.records:
            record["results"] = told_results(results[record["id"]])
        return page


class OneCampaign(ApiView):
    scopes = {"GET": Scope.READ}
    operations = {
        "GET": Operation(
            name="get_campaign", summary="Read one campaign and its results", answer=CAMPAIGN
        )
    }

    def get(self, _request: Request, number: int) -> Response:
        return Response(with_results(campaign_of(self.project, number)))


class SetsGoing(ApiView):
    """Whatever makes a campaign send: what leaves then is counted for no key's day."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_sets_going(self.key)


class Move(ApiView):
    """One of the moves that the console's buttons make."""

    scopes = {"POST": Scope.SEND}
    move: ClassVar[Callable[..., None]]

    @once
    def post(self, _request: Request, number: int) -> Response:
        campaign = campaign_of(self.project, number)
        type(self).move(campaign, by=self.actor)
        return Response(with_results(campaign_of(self.project, number)))


def _move(name: str, summary: str, said: str) -> Operation:
    return Operation(name=name, summary=summary, said=said, answer=CAMPAIGN)


class Pause(Move):
    move = staticmethod(lifecycle.pause)
    operations = {
        "POST": _move("pause_campaign", "Pause a campaign", "No more of its messages leave.")
    }


class Resume(SetsGoing, Move):
    move = staticmethod(lifecycle.resume)
    operations = {
        "POST": _move("resume_campaign", "Resume a campaign", "Those who wait get it now.")
    }


class Stop(Move):
    move = staticmethod(lifecycle.stop)
    operations = {
        "POST": _move("stop_campaign", "Stop a campaign", "For good: those who wait get nothing.")
    }


def campaign_of(project: Project, number: int) -> Campaign:
    """Raises Http404."""
    return row_of(Campaign.objects.all(), project, number)


def with_results(campaign: Campaign) -> dict[str, Any]:
    results = results_by_campaign([campaign.pk])[campaign.pk]
    return told(campaign) | {"results": told_results(results)}


def told(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.pk,
        "name": campaign.name,
        "status": campaign.status,
        "status_reason": campaign.status_reason,
        "goal": campaign.goal and {name: campaign.goal.get(name, none) for name, none in NO_GOAL},
        "starts_at": campaign.starts_at,
        "own_time": campaign.own_time,
        "ends_at": campaign.ends_at,
        "created_at": campaign.created_at,
        "published_at": campaign.published_at,
        "finished_at": campaign.finished_at,
    }


def told_results(results: Results) -> dict[str, Any]:
    return {
        "people": {name: results.count(name) for name in SLICES},
        "clicks": results.clicks,
        "conversions": _told_conversions(results),
        "failed": _told_causes(results.failed),
        "suppressed": _told_causes(results.suppressed),
    }


def _told_conversions(results: Results) -> dict[str, Any]:
    return {
        "people": results.converted,
        "total": results.count("conversions"),
        "amounts": [
            {"currency": amount.currency, "total": str(amount.total)}
            for amount in amounts_in(results.numbers)
        ],
        "control_people": results.count(f"suppressed:{Reason.CONTROL_GROUP}"),
        "control_converted": results.count("control_converted"),
    }


def _told_causes(causes: Iterable[Cause]) -> list[dict[str, Any]]:
    return [
        {
            "reason": cause.reason,
            "code": cause.code,
            "people": cause.count,
            "meaning": cause.explanation.meaning,
            "way_out": cause.explanation.way_out,
        }
        for cause in causes
    ]
