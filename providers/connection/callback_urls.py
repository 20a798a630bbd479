"""The two addresses that Gupshup posts to, and the key that stands in them.

The key opens the door for forged callbacks: the whole one is for the two URL fields and the set-up
text, for people who may change the project; everywhere else it is masked.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings

from providers.models import CallbackKey, Project
from providers.network.public_links import Flaw, flaw_of
from providers.network.simulated import gateway_is_here


@dataclass(frozen=True)
class CallbackUrls:
    inbound: str = field(repr=False)
    status: str = field(repr=False)


def current_key(project: Project) -> CallbackKey:
    """The key that is shown; the first one is made when somebody first asks for it."""
    key, _created = CallbackKey.objects.get_or_create(project=project, retires_at=None)
    return key


def whole_key(key: CallbackKey) -> str:
    """<account id>.<secret>, as it stands in the address."""
    return f"{key.project.account_id}.{key.secret}"


def masked_key(project: Project) -> str:
    """Enough to tell projects apart: W9R-…•••"""
    return f"{project.account_id[:4]}…•••"


def callback_urls(project: Project) -> CallbackUrls:
    return _urls(whole_key(current_key(project)))


def masked_callback_urls(project: Project) -> CallbackUrls:
    """The same addresses for people who may only look."""
    shown = _urls("")
    return CallbackUrls(
        inbound=shown.inbound + masked_key(project), status=shown.status + masked_key(project)
    )


def can_be_reached() -> bool:
    """By whoever shall call them, as far as the address itself tells."""
    return gateway_is_here() or flaw_of(settings.PUBLIC_BASE_URL) in (None, Flaw.NOT_HTTPS)


def _urls(key: str) -> CallbackUrls:
    query = urlencode({"a": key})
    base = settings.PUBLIC_BASE_URL.rstrip("/")
    return CallbackUrls(
        inbound=f"{base}/gupshup/response?{query}", status=f"{base}/gupshup/status?{query}"
    )
