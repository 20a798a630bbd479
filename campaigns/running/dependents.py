"""Which campaigns a template's change stops or holds; providers/connection/dependents.py asks."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from django.db.models import Model
from django.urls import reverse

from campaigns.models import LIVE, Campaign, CampaignStatus, Reason
from campaigns.outbox.withdrawing import count_waiting, withdraw
from campaigns.running.lifecycle import LifecycleError, pause, stop
from campaigns.running.opening_runs import waits_for_winner
from providers.connection.dependents import Dependent
from providers.models import Provider
from providers.watch.actors import Actor
from templates_app.models import Status

RESUME_IT = "Resume the campaign when the template is approved again."
WAITS_FOR_TEMPLATE = (
    "Those who wait for the winner of the test go on waiting: resume the campaign when the "
    "template is approved again."
)


def campaigns_of_template(template: Model) -> Iterator[Dependent]:
    """Those that will send it, or are sending it, in whatever version."""
    campaigns = Campaign.objects.filter(variants__version__template=template.pk, status__in=[*LIVE])
    for campaign in campaigns.distinct().order_by("name", "pk"):
        if is_paused(template) and _can_wait(campaign):
            yield _dependent(campaign, act=_hold)
        else:
            yield _dependent(campaign, act=partial(stop, left_over=Reason.TEMPLATE_NOT_APPROVED))


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


def is_paused(template: Model) -> bool:
    """By Meta, for some hours: it comes back by itself."""
    return getattr(template, "status", "") == Status.PAUSED


def _can_wait(campaign: Campaign) -> bool:
    """What stands goes on for months: some hours are no reason to end it."""
    return _stands(campaign) or waits_for_winner(campaign)


def _stands(campaign: Campaign) -> bool:
    """A live one that waits for its start can't be paused."""
    is_live = campaign.is_live and campaign.status != CampaignStatus.SCHEDULED
    return campaign.stands or is_live


def _hold(campaign: Campaign, *, by: Actor, reason: str) -> None:
    words = RESUME_IT if _stands(campaign) else WAITS_FOR_TEMPLATE
    pause(campaign, by=by, reason=f"{reason} {words}")


def _dependent(campaign: Campaign, *, act: Callable[..., None] = stop) -> Dependent:
    def end(reason: str, by: Actor) -> None:
        with suppress(LifecycleError):  # it has ended by itself meanwhile
            act(campaign, by=by, reason=reason)

    return Dependent(
        name=f"{campaign.name} ({campaign.get_status_display().lower()})",
        url=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        stop=end,
    )
