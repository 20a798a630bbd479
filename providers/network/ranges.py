"""Reading what people type as an IP address or a range of them; errors name the way out."""

from collections.abc import Iterable
from ipaddress import IPv6Network, ip_address, ip_network

from providers.network.public_addresses import Address, Network
from providers.refusals import Refusal

EXAMPLES = "like 203.0.113.7, 203.0.113.0/28 or 2001:db8::7"
# Smaller prefixes are slips, or somebody's whole continent.
SMALLEST_PREFIX = {4: 16, 6: 32}
_NEVER_SEEN = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/127",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


class NetworkError(Refusal):
    """What is wrong with it, for whoever typed it."""

    code = "network.unreadable"


def read_network(text: str) -> Network:
    """An address is a range of one. Raises NetworkError."""
    text = text.strip()
    if "-" in text or "," in text or " " in text:
        raise NetworkError(
            f"Enter one address or range at a time, a range with a slash: {EXAMPLES}."
        )
    if "%" in text:
        raise NetworkError("Leave out the % and what follows it.")
    try:
        network = ip_network(text)
    except ValueError:
        raise NetworkError(_what_is_wrong(text)) from None
    return _as_ipv4(network)


def read_sending_network(text: str) -> Network:
    """One from which Gupshup can be called. Raises NetworkError."""
    network = read_network(text)
    if network.prefixlen < SMALLEST_PREFIX[network.version]:
        raise NetworkError(
            f"This range is too large: at most /{SMALLEST_PREFIX[network.version]}. Enter the "
            "addresses from which this installation really sends."
        )
    if any(network.overlaps(never) for never in _NEVER_SEEN if never.version == network.version):
        raise NetworkError(
            "This is a private address, which Gupshup never sees. Enter the public one from which "
            "your servers reach the internet."
        )
    return network


def read_source_network(text: str) -> Network:
    """One from which callbacks come. Raises NetworkError."""
    network = read_network(text)
    if network.prefixlen == 0:
        raise NetworkError("This is every address. Leave the list empty to accept all of them.")
    return network


def network_text(network: Network) -> str:
    """As it is stored and shown: a range of one without its slash."""
    alone = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if alone else str(network)


def covers(outer: Network, inner: Network) -> bool:
    return outer.overlaps(inner) and outer.prefixlen <= inner.prefixlen


def covering(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def neighbourhood(address: Address) -> Network:
    """What is noted of a stranger: IPv4 by 256 addresses, IPv6 by what one customer gets."""
    return ip_network((address, 24 if address.version == 4 else 48), strict=False)


def _as_ipv4(network: Network) -> Network:
    """::ffff:203.0.113.7 is 203.0.113.7 written the long way."""
    if not isinstance(network, IPv6Network) or network.prefixlen < 96:
        return network
    inner = network.network_address.ipv4_mapped
    return network if inner is None else ip_network((inner, network.prefixlen - 96))


def _what_is_wrong(text: str) -> str:
    address, slash, _prefix = text.partition("/")
    try:
        ip_address(address)
        range_of_it = ip_network(text, strict=False)
    except ValueError:
        return f"This is neither an IP address nor a range. It looks {EXAMPLES}."
    if slash:
        return (
            f"This names an address and a range at once. Enter {range_of_it} for the whole range, "
            f"or {address} for that address alone."
        )
    return f"This is neither an IP address nor a range. It looks {EXAMPLES}."
