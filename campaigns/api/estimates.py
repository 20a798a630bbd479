"""How many people a segment finds at this moment, counted at once or not at all."""

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.lists import UNPROCESSABLE
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.estimating import estimate
from campaigns.audience.segments.knowing import rule_of
from campaigns.audience.segments.reading import RuleRefused
from campaigns.models import Segment
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.operations import Operation
from providers.api.problems import Problem
from providers.api.rows import row_of
from providers.models import Scope

PATIENCE = 5_000  # milliseconds


class SegmentEstimate(ApiView):
    scopes = {"GET": Scope.READ}
    operations = {
        "GET": Operation(
            name="estimate_segment",
            summary="Count whom a segment finds now",
            said="503 where another count of the project is under way, or where it would take "
            "longer than five seconds; the segment tells how many there were at the last count.",
            answer=schemas.record(
                {
                    "people": schemas.whole(),
                    "with_phone": schemas.whole(),
                    "subscribed": schemas.whole("Whose MSG-whatsapp is set."),
                    "sendable": schemas.whole("Whom a campaign would reach."),
                }
            ),
        )
    }

    def get(self, _request: Request, number: int) -> Response:
        segment = row_of(Segment.objects.select_related("project"), self.project, number)
        try:
            rule = rule_of(segment)
        except RuleRefused as refused:
            raise Problem(UNPROCESSABLE, "segment.fault", str(refused)) from None
        found = estimate(self.project, rule, clock_of(self.project), patience=PATIENCE)
        return Response(
            {
                "people": found.total,
                "with_phone": found.with_phone,
                "subscribed": found.subscribed,
                "sendable": found.sendable,
            }
        )
