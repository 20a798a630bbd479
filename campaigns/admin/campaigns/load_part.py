"""How many messages people had, beside the caps: where somebody asks, since it counts."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from time import monotonic

import redis
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.audience.segments.estimating import EstimateRefused
from campaigns.pace.kept_figures import keep, kept
from campaigns.results.load import Load, loads_of
from providers.admin.pages import Page
from providers.models import CAP_DAYS, Project

QUICK = 0.3  # seconds: what took longer to count is kept for some minutes


@dataclass(frozen=True, slots=True)
class Loads:
    """`as_of` is None where they were counted just now."""

    each: list[Load]
    as_of: datetime | None = None


class LoadPart(Page):
    address, name = "calendar/load/", "calendar_load"
    template = "campaigns/calendar_load.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        try:
            return self.part(request, loads=loads_lately(project))
        except EstimateRefused as refused:
            return self.part(request, problem=str(refused))


def loads_lately(project: Project) -> Loads:
    """Counted just now where that is quick, and else within the last minutes. Raises
    EstimateRefused."""
    name = f"loads:{project.pk}:{'-'.join(str(getattr(project, cap)) for cap in CAP_DAYS)}"
    with suppress(redis.RedisError, TypeError):  # it may have been kept by another version
        if found := kept(name):
            each = [Load(**one) for one in found["each"]]
            return Loads(each, as_of=datetime.fromisoformat(found["as_of"]))
    started, as_of = monotonic(), timezone.now()
    loads = loads_of(project)
    if monotonic() - started > QUICK:
        with suppress(redis.RedisError):
            keep(name, {"as_of": as_of.isoformat(), "each": [asdict(one) for one in loads]})
    return Loads(loads)
