"""A page that needs a stored secret which no key opens says so, instead of breaking."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.secrets.encryption import UnreadableSecretError

logger = logging.getLogger(__name__)


class UnreadableSecretsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, UnreadableSecretError):
            return None
        logger.error("%s", error)
        return render(request, "unreadable_secrets.html", status=503)
