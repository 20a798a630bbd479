"""One person's own properties, changed by hand."""

from collections.abc import Mapping

from django.db import transaction

from campaigns.models import Profile
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change


@transaction.atomic
def save_properties(profile: Profile, values: Mapping[str, object], *, by: Actor) -> int:
    """`values` of the named properties, None for what is not known any more; the others stay as
    they are, whoever changes them at this moment. How many became something else."""
    row = Profile.objects.select_for_update(no_key=True).get(pk=profile.pk)
    changed = sorted(name for name, value in values.items() if row.properties.get(name) != value)
    if not changed:
        return 0
    properties = row.properties | {name: values[name] for name in changed}
    row.properties = {name: value for name, value in properties.items() if value is not None}
    row.save(update_fields=["properties"])
    changes = [Change(name) for name in changed]
    auditing.record("profile.changed", by=by, project=row.project, target=row, changes=changes)
    return len(changed)
