"""The mail about a campaign that has ended: its funnel so far, and who was left out or failed."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from campaigns.models import Campaign, CampaignStatus
from campaigns.results.mails.letter import Fact, Letter
from campaigns.results.numbers import Results, results_by_campaign

LATER = "Reports go on coming for days: deliveries, views, clicks and replies may still grow."
NOBODY = "It reached nobody. The campaign's page says why."
_ENDED = {
    CampaignStatus.COMPLETED: "has gone out",
    CampaignStatus.STOPPED: "was stopped",
    CampaignStatus.FAILED: "has failed",
}


def about_campaign(campaign: Campaign, *, settings_at: str) -> Letter:
    """Two queries, however many messages."""
    results = results_by_campaign([campaign.pk])[campaign.pk]
    status = CampaignStatus(campaign.status)
    happened = f"“{campaign.name}” {_ENDED.get(status, 'has ended')}"
    return Letter(
        subject=f"{campaign.project}: {happened}",
        opening=f"{happened}{_when(campaign)}.",
        facts=_facts(results),
        notes=_notes(campaign, results),
        link=settings.PUBLIC_BASE_URL
        + reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        link_words="See the campaign's results",
        settings_at=settings_at,
        project=str(campaign.project),
    )


def _when(campaign: Campaign) -> str:
    if campaign.finished_at is None:
        return ""
    there = campaign.finished_at.astimezone(ZoneInfo(campaign.project.time_zone))
    return f" on {there:%A, %-d %B %Y, %H:%M} ({campaign.project.time_zone})"


def _facts(results: Results) -> list[Fact]:
    """Where nobody is queued any more, that is no news."""
    funnel = [
        Fact(stage.slice.label, f"{stage.count:,}", stage.share)
        for stage in results.funnel
        if stage.slice.name != "queued" or stage.count
    ]
    others = (("Failed", results.failed_total), ("Left out", results.suppressed_total))
    return [*funnel, *(Fact(label, f"{count:,}") for label, count in others if count)]


def _notes(campaign: Campaign, results: Results) -> list[str]:
    """Of a stop the reason may say whose it was: that stays on the page."""
    failed = campaign.status == CampaignStatus.FAILED and campaign.status_reason
    notes = [campaign.status_reason] if failed else []
    return [*notes, LATER if results.count("sent") else NOBODY]
