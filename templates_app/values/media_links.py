"""The link of a file in a message: can Gupshup open it, which fetches the file?

The one rule for whoever takes such a link and for the message that carries it.
"""

import re
from collections.abc import Mapping

from django.conf import settings

from providers.network.public_links import Flaw, flaw_of
from providers.network.simulated import gateway_is_here
from templates_app.values.slots import Slot

_WORDS: Mapping[Flaw, str] = {
    Flaw.NO_LINK: "This is not a complete web address. Give a public link that starts with "
    "https://, like https://example.com/picture.jpg.",
    Flaw.NOT_HTTPS: "Give a public link that starts with https://: Gupshup opens no other.",
    Flaw.NOT_PUBLIC: "Gupshup can't open this address: it leads to a single machine or into a "
    "private network. Give a public link that starts with https://.",
}
_AT_META = re.compile(r"https://([^/]+\.)?(whatsapp\.net|fbcdn\.net|fbsbx\.com)[:/]")
_WITH_HOST = re.compile(r"\s*[^\s:/?#]+://[^\s/?#]+[/?#]")


def usable_media_link(value: str) -> str:
    """As it is sent; empty where Gupshup can't open it."""
    link = value.strip()
    return "" if why_unusable(link) else link


def why_unusable(value: str) -> str:
    """In words, with the way out; empty for a link that can be sent."""
    link = value.strip()
    flaw = flaw_of(link)
    if flaw is None:
        return ""
    return why_no_uploads() if is_ours(link) and flaw is not Flaw.NO_LINK else _WORDS[flaw]


def why_unusable_for_all(text: str) -> str:
    """Of a personalized link: whether it fails for everybody, since its server is the same."""
    start = text.partition("{")[0]
    return why_unusable(start) if _WITH_HOST.match(start) else ""


def why_no_uploads() -> str:
    """Why files of this installation can't be sent; empty where they can."""
    if flaw_of(settings.PUBLIC_BASE_URL) is None or gateway_is_here():
        return ""
    return (
        "Gupshup can't fetch files from this installation: its address (PUBLIC_BASE_URL) is "
        f"{settings.PUBLIC_BASE_URL}, which the internet can't open. Give a link of a public host "
        "instead, one that starts with https://, or ask your operator for a public address."
    )


def own_file_of(slot: Slot) -> str:
    """The template's own file, which stands in the slot at first. Only one that can be sent: Meta
    keeps the samples of its reviews for some days."""
    link = usable_media_link(slot.sample) if slot.media else ""
    return "" if _AT_META.match(link) else link


def is_ours(link: str) -> bool:
    return link.startswith(own_start())


def own_start() -> str:
    """What the links of all our files begin with."""
    return f"{settings.PUBLIC_BASE_URL}/media/"
