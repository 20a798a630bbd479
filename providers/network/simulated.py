"""In a working copy the gateway is the simulator on the same machine. Never in production."""

from urllib.parse import urlsplit

from django.conf import settings

from providers.network.public_links import leads_here


def gateway_is_here() -> bool:
    return settings.FETCH_PRIVATE_TARGETS and leads_here(settings.GATEWAY_SEND_URL)


def simulator_address() -> str:
    """Where one plays the customer; empty where messages go to Gupshup."""
    if not gateway_is_here():
        return ""
    gateway = urlsplit(settings.GATEWAY_SEND_URL)
    return f"{gateway.scheme}://{gateway.netloc}/"
