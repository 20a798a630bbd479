"""Settling what is in doubt by hand: for project admins, by a POST from a confirming dialog."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from campaigns.models import Campaign
from campaigns.sending.settling import Doubts, are_left, assume_sent, send_again
from providers.admin.dialogs import Dialog
from providers.models import Role
from providers.people.access import actor_of

MORE = "That is as many as can be done in one go: do the same again for the rest."


class _Settling(Dialog):
    """Of all a campaign's messages, or of one message."""

    role = Role.ADMIN
    template = "campaigns/doubts_dialog.html"
    settle: Callable[..., int]
    said: str

    def act(self, request: HttpRequest, row: Any) -> str:
        settled = type(self).settle(_doubts_of(row), by=actor_of(request))
        said = self.said.format("1 message" if settled == 1 else f"{settled:,} messages")
        return f"{said} {MORE}" if isinstance(row, Campaign) and are_left(row) else said


class AssumeSent(_Settling):
    address, name = "<int:pk>/assume_sent/", "assume_sent_now"
    title = "Count what is in doubt as sent?"
    text = (
        "Choose this when Gupshup's own reports show that it left. Nobody gets anything by it. A "
        "delivery report that comes later still corrects each message."
    )
    button = "Assume sent"
    said = "Counted as sent: {}."
    settle = staticmethod(assume_sent)


class SendAgain(_Settling):
    address, name = "<int:pk>/send_again/", "send_again_now"
    title = "Send what is in doubt once more?"
    text = (
        "Choose this when you know from Gupshup that it did not leave. Whoever has got it after "
        "all gets it twice."
    )
    button = "Send again"
    said = "Going out once more: {}."
    is_grave = True
    settle = staticmethod(send_again)


SETTLING = (AssumeSent, SendAgain)


def _doubts_of(row: Any) -> Doubts:
    if isinstance(row, Campaign):
        return Doubts(project=row.project, campaign=row)
    return Doubts(project=row.project, messages=[row])
