"""What the folded parts of a draft's form say of themselves, so that nobody has to open them."""

from collections.abc import Iterator

from django.utils import timezone

from campaigns.admin.campaigns.campaign_form import CampaignForm
from campaigns.models import Campaign, QuietAction

_LEFT_OUT = {
    "without_segments": ("segment", "segments"),
    "without_lists": ("list", "lists"),
    "without_results": ("result of an earlier campaign", "results of earlier campaigns"),
}


def folds_of(form: CampaignForm) -> dict[str, str]:
    """By the name of the fold. What can't be read is told beside its field, and is not in here."""
    campaign = form.instance
    return {
        "without": ", ".join(_left_out(form)) or "nobody",
        "held_back": ", ".join(_held_back(campaign)) or "none",
        "limits": ", ".join(_limits(campaign)) or "none",
        "doubt": "sent once more" if campaign.resend_in_doubt else "not sent again",
    }


def _left_out(form: CampaignForm) -> Iterator[str]:
    for name, (one, several) in _LEFT_OUT.items():
        if chosen := len(form[name].value() or ()):
            yield f"{chosen} {one if chosen == 1 else several}"


def _held_back(campaign: Campaign) -> Iterator[str]:
    if campaign.control_percent:
        yield f"{campaign.control_percent} % held back"
    if campaign.most_people:
        yield f"{campaign.most_people:,} people at most"


def _limits(campaign: Campaign) -> Iterator[str]:
    if campaign.ends_at:
        at = timezone.localtime(campaign.ends_at)
        yield f"ends {at.day} {at:%B %Y, %H:%M}"
    if campaign.cut_off_hours:
        yield f"cut off after {campaign.cut_off_hours} {_hours(campaign.cut_off_hours)}"
    if campaign.quiet_from and campaign.quiet_until:
        drops = campaign.quiet_action == QuietAction.DISCARD
        hours = f"{campaign.quiet_from:%H:%M} to {campaign.quiet_until:%H:%M}"
        yield f"quiet {hours}{', and dropped then' if drops else ''}"
    if campaign.per_minute:
        yield f"{campaign.per_minute:,} a minute"
    if campaign.ignores_caps:
        yield "caps not asked"


def _hours(count: int) -> str:
    return "hour" if count == 1 else "hours"
