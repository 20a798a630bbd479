"""What a program may ask of its own key, and what it is told where nothing is."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from providers.api.base import ApiView


class OwnKey(ApiView):
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
            }
        )


class Nothing(ApiView):
    """Only who shows a key learns what there is not."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
