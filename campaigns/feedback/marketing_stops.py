"""Meta's word that somebody stopped marketing: it comes as the reason why a message failed."""

from collections.abc import Sequence

from campaigns.audience.subscriptions import MarketingWish, set_marketing
from campaigns.feedback.delivery import Report
from campaigns.models import Message, State
from providers.gateway.meta_codes import MARKETING_STOPPED


def note_marketing_stops(reports: Sequence[Report]) -> None:
    """In the caller's transaction; twice is harmless."""
    told = [r for r in reports if r.status == State.FAILED and r.code == MARKETING_STOPPED]
    if not told:
        return
    messages = Message.objects.filter(pk__in=[r.message_id for r in told], send_key__isnull=False)
    keys = {m.pk: (m.project_id, m.send_key) for m in messages.only("project_id", "send_key")}
    set_marketing(
        [
            MarketingWish(project_id=r.project_id, match_key=key[1] or 0, stopped=True, at=r.at)
            for r in told
            if (key := keys.get(r.message_id)) and key[0] == r.project_id
        ]
    )
