"""Nothing leaves after a campaign's end, or its run's cut-off: whoever still waits is dropped.

The cut-off stands on each row of the outbox, too: runs of one campaign may overlap, and people's
own times differ.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from campaigns.gates.base import CampaignGate, Dropping, Explanation, Foreseen
from campaigns.models import Campaign, Reason

ENDING_CAME = Explanation(
    "The campaign's end or cut-off came before their turn, or its time had passed where they are",
    "Next time start earlier, leave more time, or send faster.",
)
# Of c, by PostgreSQL's clock.
HAS_ENDED = "COALESCE(LEAST(c.ends_at, c.cut_off_at) <= statement_timestamp(), false)"


def cut_off_of(campaign: Campaign, *, start: datetime) -> datetime | None:
    """Of a run that is to begin at `start`, however late it really begins."""
    if campaign.cut_off_hours is None:
        return None
    return start + timedelta(hours=campaign.cut_off_hours)


def last_moment(campaign: Campaign, *, start: datetime) -> datetime | None:
    """From when on nothing leaves of a run that is to begin at `start`: its cut-off or the
    campaign's end, whichever comes first."""
    moments = [campaign.ends_at, cut_off_of(campaign, start=start)]
    return min((at for at in moments if at is not None), default=None)


def _foresee(campaign: Campaign, starts_at: datetime) -> Iterator[Foreseen]:
    if campaign.ends_at is not None and campaign.ends_at <= starts_at:
        yield Foreseen(
            "It would end before it starts. Choose a later end, or none.",
            blocks=True,
        )


ENDING = CampaignGate(
    closed=HAS_ENDED,
    drops=Dropping(
        reason=Reason.CUT_OFF,
        explanation=ENDING_CAME,
        when=HAS_ENDED,
        of_one="picked.expires_at <= statement_timestamp()",
    ),
    foresee=_foresee,
)
