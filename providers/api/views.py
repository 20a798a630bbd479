"""What a program may ask of its own key, what it is told where nothing is, and the document that
says what there is."""

from typing import Any, NoReturn

from django.http import Http404, HttpRequest, JsonResponse
from django.views import View
from rest_framework.request import Request
from rest_framework.response import Response

from providers.api import schemas
from providers.api.base import ApiView
from providers.api.document import document
from providers.api.operations import Operation
from providers.models import Scope

KEY = schemas.record(
    {
        "id": schemas.text("Stands in the key, and in the audit log."),
        "name": schemas.text(),
        "project": schemas.record({"id": schemas.whole(), "name": schemas.text()}),
        "scopes": schemas.list_of(schemas.one_of(Scope.values)),
        "networks": schemas.list_of(schemas.text()),
        "expires_at": schemas.or_null(schemas.moment()),
        "sends_a_day": schemas.or_null(schemas.whole("How many messages it may send in a day.")),
    },
    name="Key",
)


class OwnKey(ApiView):
    operations = {"GET": Operation(name="get_key", summary="What this key is, and may", answer=KEY)}

    def get(self, _request: Request) -> Response:
        key, project = self.key, self.project
        return Response(
            {
                "id": key.public_id,
                "name": key.name,
                "project": {"id": project.pk, "name": project.name},
                "scopes": key.scopes,
                "networks": key.networks,
                "expires_at": key.expires_at,
                "sends_a_day": key.sends_a_day,
            }
        )


class Document(View):
    """For whoever writes a program, with or without a key: it says nothing of anybody."""

    http_method_names = ["get", "head"]

    def get(self, _request: HttpRequest) -> JsonResponse:
        return JsonResponse(document())


class Nothing(ApiView):
    """Only who shows a key learns what there is not."""

    def parameters(self) -> NoReturn:
        raise Http404

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
