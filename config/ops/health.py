"""Is this process alive (/healthz), and could it do its work (/readyz)?

/healthz asks nobody. A process that is restarted because PostgreSQL is away comes back no better.
"""

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse

from config.ops.readiness import Readiness, readiness


def healthz(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


def readyz(_request: HttpRequest) -> JsonResponse:
    found = readiness()
    return _told(found, ready=not found.wrong)


def readyz_of_callbacks(_request: HttpRequest) -> JsonResponse:
    """Callbacks are stored without Redis and without any worker: whoever sent them elsewhere then
    would lose what could be kept."""
    found = readiness()
    return _told(found, ready=found.database and found.migrations)


def _told(found: Readiness, *, ready: bool) -> JsonResponse:
    return JsonResponse({"ready": ready, **asdict(found)}, status=200 if ready else 503)
