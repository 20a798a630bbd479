from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from providers.network.public_addresses import is_own_network, is_public


@pytest.mark.parametrize(
    "text", ["52.66.99.126", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_public_internet(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_that_are_somebodys_own_or_nobodys(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    ["::808:808", "64:ff9b:1::808:808", "64:ff9c::1", "1000::1", "3fff::1", "4000::1", "5f00::1",
     "8000::1", "fe00::1"],
)  # fmt: skip
def test_addresses_that_nobody_is_given(text: str) -> None:
    assert not is_public(ip_address(text))


# How an IPv4 address stands in an IPv6 one.
EMBEDDINGS = {
    "mapped": lambda inner: 0xFFFF << 32 | inner,
    "NAT64": lambda inner: 0x64_FF9B << 96 | inner,
    "6to4": lambda inner: 0x2002 << 112 | inner << 80 | 1,
    "ISATAP": lambda inner: 0x2606_4700 << 96 | 0x5EFE << 32 | inner,
    "ISATAP of a public one": lambda inner: 0x2606_4700 << 96 | 0x0200_5EFE << 32 | inner,
}
# Ways that lead nowhere any more, or only within one's own network.
DEAD_EMBEDDINGS = {
    "compatible": lambda inner: inner,
    "translated": lambda inner: 0xFFFF << 48 | inner,
    "NAT64 of one's own": lambda inner: 0x64_FF9B_0001 << 80 | inner,
    "Teredo client": lambda inner: 0x2001_0000 << 96 | 0x0808_0808 << 64 | inner ^ 0xFFFF_FFFF,
    "Teredo server": lambda inner: 0x2001_0000 << 96 | inner << 64 | 0xF7F7_F7F7,
}
NOT_PUBLIC = (
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "168.63.129.16", "169.254.169.254",
    "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1", "224.0.0.251", "255.255.255.255",
)  # fmt: skip


@pytest.mark.parametrize("inner", [*NOT_PUBLIC, "8.8.8.8"])
def test_an_address_inside_another_counts_however_it_stands_there(inner: str) -> None:
    number = int(IPv4Address(inner))
    ways = EMBEDDINGS | DEAD_EMBEDDINGS
    public = {name for name, embed in ways.items() if is_public(IPv6Address(embed(number)))}
    assert public == (set() if inner in NOT_PUBLIC else set(EMBEDDINGS))


def test_only_this_machine_and_its_network_count_as_ones_own() -> None:
    own = [
        text
        for text in ("127.0.0.1", "::1", "10.0.0.9", "fd12::1", "0.0.0.0", "169.254.169.254")
        if is_own_network(ip_address(text))
    ]
    assert own == ["127.0.0.1", "::1", "10.0.0.9", "fd12::1"]
