"""Campaigns whose set time or planned date has come: the links of their files are opened, then they
start.

Opening may take seconds, so it happens before anything is locked, and the start goes by what is
remembered of it. A link that gives no answer is opened once more at each of the next turns.
"""

from django.db.models.functions import Now

from campaigns.models import Campaign, CampaignStatus
from campaigns.planning.opening_links import AT_ONCE, findings_of, links_of, open_links, recall
from campaigns.planning.preflight import blocking, variants_of
from campaigns.running.lifecycle import start_scheduled


def open_links_of_due() -> None:
    """So many as go side by side; the others have their turn in some seconds."""
    scheduled = Campaign.objects.filter(status=CampaignStatus.SCHEDULED)
    due = [
        *Campaign.objects.whose_set_time_has_come().order_by("starts_at"),
        *scheduled.filter(next_due_at__lte=Now()).order_by("next_due_at"),
    ]
    links = [link for campaign in due for link in links_of(variants_of(campaign))]
    known = recall(links)
    open_links([link for link in links if link not in known or not known[link].is_final][:AT_ONCE])


def start_on_time(campaign: Campaign) -> None:
    """Nothing, as long as a link was not opened or may still open."""
    problems = problems_with_links(campaign)
    if problems is not None:
        start_scheduled(campaign, problems=problems)


def problems_with_links(campaign: Campaign) -> list[str] | None:
    """By what is remembered of them; None while that is not known of all."""
    links = links_of(variants_of(campaign))
    known = recall(links)
    if not all(link in known and known[link].is_final for link in links):
        return None
    return [finding.message for finding in blocking(findings_of(known))]
