"""One person added by hand, from what they have written to us."""

from django.db import transaction

from campaigns.models import Profile
from providers.models import Project


@transaction.atomic
def add_person(project: Project, *, phone: str, match_key: int, name: str) -> Profile:
    """Whoever has this phone already, else a new profile whose identity is the phone.

    Writing to us is no agreement to get campaigns, so MSG-whatsapp stays unknown.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # of two clicks one adds
    known = Profile.objects.of(project).filter(match_key=match_key).order_by("pk").first()
    if known is not None:
        return known
    profile, _is_new = Profile.objects.get_or_create(
        project=project,
        identity=phone,
        defaults={"name": name, "phone": phone, "match_key": match_key},
    )
    return profile
