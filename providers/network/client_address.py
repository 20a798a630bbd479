"""Whose address a request comes from, behind exactly as many proxies as the operator has named.

Each proxy appends the address that it was called from to X-Forwarded-For, so with N of them the
client is the Nth entry from the right. What stands left of it the client has written itself.
"""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings

from providers.network.public_addresses import Address


def client_address(meta: Mapping[str, str]) -> Address | None:
    """Of a request's META. None where nobody knows, over a Unix socket for example. A request that
    has passed fewer proxies than TRUSTED_HOPS counts as its direct caller's."""
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "").split(",")
    hops: int = settings.TRUSTED_HOPS
    if 0 < hops <= len(forwarded) and forwarded != [""]:
        return _read(forwarded[-hops])
    return _read(meta.get("REMOTE_ADDR", ""))


def client_place(meta: Mapping[str, str]) -> str:
    """For limits: an IPv6 caller is free to choose among the addresses of a /64, so that is one."""
    address = client_address(meta)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address or "")


def client_neighbourhood(meta: Mapping[str, str]) -> str:
    """What one provider's customer has at most, and a few others beside them."""
    address = client_address(meta)
    if address is None:
        return ""
    length = 48 if isinstance(address, IPv6Address) else 24
    return str(ip_network((address, length), strict=False))


def _read(text: str) -> Address | None:
    """Some proxies write the port behind it."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
