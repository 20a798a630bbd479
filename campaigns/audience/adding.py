"""One person at a time, by hand: written down, changed, or added from what they wrote to us."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.audience.consent import check_consent
from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.subscriptions import add_evidence, set_block, set_subscribed
from campaigns.audience.words.indexing import due
from campaigns.hints import wake_indexer
from campaigns.models import Profile, Source
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change


@transaction.atomic
def add_person(project: Project, *, phone: str, match_key: int, name: str, by: Actor) -> Profile:
    """Whoever has this phone already, else a new profile whose identity is the phone.

    Writing to us is no agreement to get campaigns, so MSG-whatsapp stays unknown.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # of two clicks one adds
    known = Profile.objects.of(project).filter(match_key=match_key).order_by("pk").first()
    if known is not None:
        return known
    recall_stops(project.pk, [match_key])
    profile, is_new = Profile.objects.get_or_create(
        project=project,
        identity=phone,
        defaults={"name": name, "phone": phone, "match_key": match_key},
    )
    if is_new:
        _index(profile)
        auditing.record("profile.added", by=by, project=project, target=profile)
    return profile


@transaction.atomic
def save_person(
    profile: Profile,
    *,
    changed: Collection[str],
    subscribed: bool | None,
    blocked: bool,
    by: Actor,
    evidence: str = "",
    changes: Sequence[Change] = (),
) -> None:
    """A new person, or those of its fields that were `changed`; the flags with their history, and
    with the evidence of how we know. Raises ConsentError."""
    check_consent(evidence)
    if profile.match_key is not None:
        recall_stops(profile.project_id, [profile.match_key])
    is_new = profile._state.adding
    if is_new:
        profile.subscribed = None  # set below, with its history
        profile.save()
    else:
        profile.save(update_fields=_columns(changed))
    _index(profile)
    _save_flags(profile, changed, subscribed=subscribed, blocked=blocked, evidence=evidence)
    if is_new or changes:
        action = "profile.added" if is_new else "profile.changed"
        auditing.record(
            action,
            by=by,
            project=profile.project,
            target=profile,
            changes=changes,
        )


def _index(profile: Profile) -> None:
    due(profile.pk)
    wake_indexer()


def _columns(changed: Collection[str]) -> set[str]:
    ours = {field.name for field in Profile._meta.fields} - {"subscribed"}
    with_phone = {"match_key", "phone_is_invalid"} if "phone" in changed else set()
    return ours & set(changed) | with_phone


def _save_flags(
    profile: Profile,
    changed: Collection[str],
    *,
    subscribed: bool | None,
    blocked: bool,
    evidence: str,
) -> None:
    said: Any = {"source": Source.CONSOLE, "at": timezone.now(), "words": evidence}
    key = profile.match_key if "blocked" in changed else None
    if "subscribed" in changed:
        set_subscribed(profile, subscribed=subscribed, **said)
    elif evidence and key is None:
        add_evidence(profile, **said)
    if key is not None:
        set_block(profile.project, key, blocked=blocked, **said)
