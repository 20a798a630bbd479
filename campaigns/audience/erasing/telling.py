"""Everything about one person, for whoever asks what is kept of them."""

import json

from django.utils import timezone

from campaigns.audience.erasing.whose import whose
from campaigns.models import Profile
from providers.erasure.registry import everything_about
from providers.watch import auditing
from providers.watch.actors import Actor


def export_everything(profile: Profile, *, by: Actor) -> bytes:
    """JSON: what an erasure would remove, table by table. The audit log says who took it along."""
    theirs = whose(profile.project_id, [profile.pk])
    said = {
        "project": profile.project.name,
        "identity": profile.identity,
        "as_of": timezone.now().isoformat(),
        "kept": everything_about(theirs.parameters),
    }
    auditing.record(
        "profile.exported", by=by, project=profile.project, target=profile, note="Everything"
    )
    return json.dumps(said, indent=2, ensure_ascii=False).encode()
