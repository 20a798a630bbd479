"""What a member wants to be mailed: nothing, until they say so."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from campaigns.models import MailWish
from providers.models import Membership
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change


@transaction.atomic
def wish_for(membership: Membership, *, ends: bool, weekly: bool, by: Actor) -> bool:
    """Whether that is something new. What is wanted already goes on from where it was."""
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    wish, _ = MailWish.objects.get_or_create(membership=membership)
    wanted = {"ends_since": ends, "weekly_since": weekly}
    changed = {name: on for name, on in wanted.items() if on != bool(getattr(wish, name))}
    if not changed:
        return False
    _turn(wish, changed, at=timezone.now())
    auditing.record(
        "membership.changed_mails",
        by=by,
        project=membership.project,
        target=membership,
        changes=[_change(name, on=on) for name, on in changed.items()],
    )
    return True


def _turn(wish: MailWish, changed: dict[str, bool], *, at: datetime) -> None:
    for name, on in changed.items():
        setattr(wish, name, at if on else None)
    wish.save(update_fields=list(changed))


def _change(name: str, *, on: bool) -> Change:
    words = {"ends_since": "A campaign has ended", "weekly_since": "Every Monday"}
    return Change(words[name], old="No" if on else "Yes", new="Yes" if on else "No")
