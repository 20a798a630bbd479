"""Which IP addresses belong to the public internet, and which to somebody's own network.

Python's own table misses addresses that carry another one inside (IPv4 mapped, 6to4, Teredo,
NAT64, ISATAP), two clouds' metadata services, and what was withdrawn or never given out.
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
# Of IPv6 nothing else is routed. What only stands for an IPv4 address is as public as that.
_ROUTED = (IPv6Network("2000::/3"), IPv6Network("::ffff:0:0/96"), _NAT64)
_NOT_PUBLIC = (
    ip_network("192.0.0.0/24"),  # protocol assignments; a cloud's metadata service among them
    ip_network("192.88.99.0/24"),  # 6to4 relays, withdrawn
    ip_network("168.63.129.16/32"),  # a cloud's service for its own machines
    ip_network("3fff::/20"),  # for examples
)
# What stands before the IPv4 address in the lower half of an ISATAP address.
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "::1/128",
    )
)


def is_public(address: Address) -> bool:
    """May anybody on the internet have it? Addresses inside an address count too."""
    if not address.is_global or address.is_multicast or _stands_in(address, _NOT_PUBLIC):
        return False
    if address.version == 6 and not _stands_in(address, _ROUTED):
        return False
    return all(is_public(inner) for inner in _inner_addresses(address))


def is_own_network(address: Address) -> bool:
    """This machine or its local network: what a developer's servers listen on."""
    return _stands_in(address, _PRIVATE)


def _stands_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _inner_addresses(address: Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        found.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return [inner for inner in found if inner is not None]
