"""Which campaigns a change of a template stops; providers/connection/dependents.py asks."""

from collections.abc import Iterator
from contextlib import suppress

from django.db.models import Model
from django.urls import reverse

from campaigns.models import LIVE, Campaign, Reason
from campaigns.outbox.withdrawing import count_waiting, withdraw
from campaigns.running.lifecycle import LifecycleError, stop
from providers.connection.dependents import Dependent
from providers.models import Provider
from providers.watch.actors import Actor


def campaigns_of_template(template: Model) -> Iterator[Dependent]:
    """Those that will send it, or are sending it, in whatever version."""
    campaigns = Campaign.objects.filter(variants__version__template=template.pk, status__in=[*LIVE])
    for campaign in campaigns.distinct().order_by("name", "pk"):
        yield _dependent(campaign, left_over=Reason.TEMPLATE_NOT_APPROVED)


def campaigns_of_provider(provider: Model) -> Iterator[Dependent]:
    """All of its project's, and the messages that wait for their turn beside them."""
    project_id = Provider.objects.values_list("project", flat=True).get(pk=provider.pk)
    campaigns = Campaign.objects.filter(project=project_id, status__in=[*LIVE])
    for campaign in campaigns.order_by("name", "pk"):
        yield _dependent(campaign)
    if waiting := count_waiting(project_id):
        yield Dependent(
            name="1 reply or test" if waiting == 1 else f"{waiting} replies and tests",
            url=reverse("admin:campaigns_message_changelist"),
            stop=lambda _reason, _by: withdraw(project_id),
        )


def _dependent(campaign: Campaign, *, left_over: Reason = Reason.CAMPAIGN_STOPPED) -> Dependent:
    def end(reason: str, by: Actor) -> None:
        with suppress(LifecycleError):  # it has ended by itself meanwhile
            stop(campaign, by=by, reason=reason, left_over=left_over)

    return Dependent(
        name=f"{campaign.name} ({campaign.get_status_display().lower()})",
        url=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        stop=end,
    )
