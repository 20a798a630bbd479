"""An estimate that takes longer than a page waits, or comes while another one is under way, goes on
in a worker: one at a time for a project. What it found is kept for some minutes.

Until the worker takes it, the rule waits in Redis, sealed: it may name people. Who asks again takes
its place there, so what nobody asks for any more is not counted.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis
from django.utils import timezone

from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.estimating import (
    LOCK_OF_WORKERS,
    PATIENCE_OF_A_WORKER,
    CountsAlready,
    Estimate,
    EstimateRefused,
    estimate,
)
from campaigns.audience.segments.given import Known
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import Group
from campaigns.hints import wake_estimator
from campaigns.models import Profile
from campaigns.pace.kept_figures import begin, give_up, keep, kept
from providers.models import Project
from providers.secrets.encryption import decrypt, encrypt

PATIENCE = 2_000  # milliseconds, of a page
GIVEN_UP = (
    f"Counting takes longer than {PATIENCE_OF_A_WORKER // 1_000} seconds, so no number is shown. "
    "The segment can be saved and used all the same."
)

AWAY = "Counting takes too long just now. The segment can be saved: it is counted once a day."


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule whose people are wanted. `slow` is the name of a rule that is known to take long."""

    project: Project
    document: dict[str, Any]
    known: Known
    slow: str = ""

    @property
    def name(self) -> str:
        """Of what was found: another one as soon as a segment that it may stand on is changed."""
        others = {pk: rule for pk, (_, rule) in self.known.segments.items()}
        whole = json.dumps([self.document, others], sort_keys=True)
        return f"segment:{self.project.pk}:{hashlib.sha256(whole.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Found:
    """`as_of` is None where it was counted just now."""

    estimate: Estimate
    as_of: datetime | None = None


def estimate_or_wait(asked: Asked, rule: Group) -> Found | None:
    """None while it is counted. Raises EstimateRefused where that takes too long, too."""
    if asked.slow != asked.name:
        clock = clock_of(asked.project)
        with suppress(EstimateRefused):
            return Found(estimate(asked.project, rule, clock, patience=PATIENCE))
    try:
        if found := kept(asked.name):
            return _read(found)
        keep(_waiting(asked.project), encrypt(json.dumps([asked.name, asked.document])))
        is_on_its_way = not begin(_worker(asked.project)) or wake_estimator(asked.project.pk)
    except redis.RedisError:
        is_on_its_way = False
    if not is_on_its_way:
        raise EstimateRefused(AWAY)
    return None


def count_what_waits(project_id: int) -> None:
    """By a worker. Nothing where somebody else is at it, or nothing waits any more."""
    project = Project.objects.filter(pk=project_id).first()
    sealed = kept(_waiting(project)) if project else None
    if project is None or not sealed:
        return
    name, document = json.loads(decrypt(sealed))
    try:
        keep(name, _written(project, document))
    except CountsAlready:
        return
    give_up(_worker(project))


def _written(project: Project, document: dict[str, Any]) -> dict[str, Any]:
    """People by their numbers alone; nothing but the time where it took too long."""
    as_of = timezone.now().isoformat()
    try:
        found = estimate(
            project,
            read_rule(document, known_of(project)),
            clock_of(project),
            patience=PATIENCE_OF_A_WORKER,
            lock=LOCK_OF_WORKERS,
        )
    except CountsAlready:
        raise
    except (EstimateRefused, RuleRefused):
        return {"as_of": as_of}
    counts = [found.total, found.with_phone, found.subscribed, found.sendable]
    return {"as_of": as_of, "counts": counts, "sample": [one.pk for one in found.sample]}


def _read(found: dict[str, Any]) -> Found:
    if "counts" not in found:
        raise EstimateRefused(GIVEN_UP)
    sample = list(Profile.objects.filter(pk__in=found["sample"]).order_by("pk"))
    total, with_phone, subscribed, sendable = found["counts"]
    counted = Estimate(total, with_phone, subscribed, sendable, sample)
    return Found(counted, datetime.fromisoformat(found["as_of"]))


def _waiting(project: Project) -> str:
    return f"segment:{project.pk}:waiting"


def _worker(project: Project) -> str:
    return f"segment:{project.pk}"
