"""The addresses of the API's process."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.ops.health import healthz, readyz
from config.ops.metrics import metrics


def _only_the_status(status: HTTPStatus) -> Callable[..., HttpResponse]:
    """What is said of it says config/console/api_problems.py."""

    def answer(_request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        return HttpResponse(status=status)

    return answer


handler400 = _only_the_status(HTTPStatus.BAD_REQUEST)
handler403 = _only_the_status(HTTPStatus.FORBIDDEN)
handler404 = _only_the_status(HTTPStatus.NOT_FOUND)
handler500 = _only_the_status(HTTPStatus.INTERNAL_SERVER_ERROR)

API = [
    path("api/v1/", include("callbacks.api.urls")),
    path("api/v1/", include("campaigns.api.urls")),
    path("api/v1/", include("templates_app.api.urls")),
    path("api/v1/", include("providers.api.urls")),
    path("1/", include("campaigns.api.clevertap.urls")),
]
urlpatterns = [
    *API,
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
