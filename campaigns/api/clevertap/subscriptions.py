"""POST /1/subscribe: who wants no messages any more, or wants them again."""

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.clevertap.codes import problem_of
from campaigns.api.clevertap.uploads import outcome_of, read_records
from campaigns.audience.uploads import uploading_subscriptions
from providers.api.clevertap import CleverTapView
from providers.models import Scope


class Subscribe(CleverTapView):
    """Of the type whatsapp alone: who wants no SMS may want this."""

    scopes = {"POST": Scope.WRITE}

    def post(self, request: Request) -> Response:
        records = read_records(request)
        verdicts = uploading_subscriptions.upload(self.project, records, by=self.actor)
        judged = ((number, problem_of(verdict)) for number, verdict in enumerate(verdicts))
        return Response(outcome_of(records, {n: problem for n, problem in judged if problem}))
