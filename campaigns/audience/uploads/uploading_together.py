"""The act behind a door that takes people and events in one body: all of both is stored, or none.

People come first, so that an event may be of somebody whom the same body tells of; whoever is
unknown all the same becomes a profile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from campaigns.audience.collisions import again_after_a_collision
from campaigns.audience.uploads import uploading_events, uploading_profiles
from campaigns.audience.uploads.verdicts import Verdict
from providers.models import Project
from providers.watch.actors import Actor


@dataclass(frozen=True, slots=True)
class Verdicts:
    people: list[Verdict]
    events: list[Verdict]


@again_after_a_collision
def upload(
    project: Project,
    *,
    people: Sequence[object],
    events: Sequence[object],
    is_dry_run: bool = False,
    by: Actor,
) -> Verdicts:
    """Each in the order of its records. `is_dry_run`: all is done and judged, then taken back."""
    with transaction.atomic():
        verdicts = Verdicts(
            uploading_profiles.upload(project, people, by=by) if people else [],
            uploading_events.upload(project, events, by=by, create_people=True) if events else [],
        )
        if is_dry_run:
            transaction.set_rollback(True)
    return verdicts
