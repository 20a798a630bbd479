"""Connecting an account, and changing what is known of it.

Other credentials, or another number, have to show anew that they work: trial mode starts again,
and what was found of the old ones says nothing. Another account first ends what goes out by the
old one.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from providers.connection.dependents import Dependent
from providers.connection.disconnecting import forget_findings, replace_account
from providers.models import Provider
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change

CREDENTIALS = ("hsm_user_id", "hsm_password", "two_way_user_id", "two_way_password", "number")
ACCOUNTS = ("hsm_user_id", "two_way_user_id")

CONNECT_FIRST = "Connect Gupshup first: Settings › Channels › WhatsApp › WhatsApp Connect."


# SQL, of the parameter project.
IS_CONNECTED = "EXISTS (SELECT FROM providers_provider WHERE project_id = %(project)s)"


def is_connected(project_id: int) -> bool:
    return Provider.objects.filter(project=project_id).exists()


def is_another_account(before: Provider, after: Provider) -> bool:
    """One id alone may have been mistyped; two others are another account."""
    return all(getattr(before, name) != getattr(after, name) for name in ACCOUNTS)


@transaction.atomic
def save_provider(
    provider: Provider, *, by: Actor, changes: Sequence[Change] = ()
) -> list[Dependent]:
    """A new connection, or one that was changed; what had to be ended for it."""
    before = Provider.objects.select_for_update().filter(pk=provider.pk).first()
    others = any(getattr(before, name, None) != getattr(provider, name) for name in CREDENTIALS)
    if others:
        provider.start_trial(at=timezone.now())
    replaced = before is not None and is_another_account(before, provider)
    stopped = replace_account(provider, by=by) if replaced else []
    provider.save()
    if before is not None and others:
        forget_findings(provider)
    if before is None or changes:
        action = "provider.added" if before is None else "provider.changed"
        project = provider.project
        auditing.record(action, by=by, project=project, target=provider, changes=changes)
    return stopped
