from ipaddress import ip_address

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


def test_only_this_machine_and_its_network_count_as_ones_own() -> None:
    own = [
        text
        for text in ("127.0.0.1", "::1", "10.0.0.9", "fd12::1", "0.0.0.0", "169.254.169.254")
        if is_own_network(ip_address(text))
    ]
    assert own == ["127.0.0.1", "::1", "10.0.0.9", "fd12::1"]
