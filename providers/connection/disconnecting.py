"""Taking a provider away, or another account in its place: first ends what needs it.

Messages, receipts and results stay: they belong to the project.
"""

from django.db import transaction

from providers.connection import verifying
from providers.connection.dependents import Dependent, stop_dependents
from providers.models import IncidentKind, Provider
from providers.watch import auditing, incidents
from providers.watch.actors import Actor

OF_THE_ACCOUNT = (
    IncidentKind.CREDENTIALS,
    IncidentKind.IP_REFUSED,
    IncidentKind.BALANCE,
    IncidentKind.ACCOUNT,
)


@transaction.atomic
def disconnect(provider: Provider, *, by: Actor) -> list[Dependent]:
    """What had to be ended for it. Nothing where somebody was quicker."""
    if not Provider.objects.select_for_update().filter(pk=provider.pk).exists():
        return []
    stopped = stop_dependents(provider, reason="The provider was disconnected.", by=by)
    auditing.record("provider.deleted", by=by, project=provider.project, target=provider)
    incidents.close(provider.project_id, *OF_THE_ACCOUNT)
    provider.delete()
    return stopped


def replace_account(provider: Provider, *, by: Actor) -> list[Dependent]:
    """Before the other account is saved, in the same transaction."""
    reason = "The provider was replaced by another account."
    return stop_dependents(provider, reason=reason, by=by)


def forget_findings(provider: Provider) -> None:
    """After its credentials or its number have changed nothing is known of it any more."""
    verifying.forget(provider)
    incidents.close(provider.project_id, IncidentKind.CREDENTIALS, IncidentKind.IP_REFUSED)
