from ipaddress import ip_address, ip_network

import pytest

from providers.network.ranges import (
    NetworkError,
    covering,
    covers,
    neighbourhood,
    network_text,
    read_sending_network,
    read_source_network,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("  203.0.113.7\n", "203.0.113.7"),
        ("203.0.113.7/32", "203.0.113.7"),
        ("203.0.113.0/28", "203.0.113.0/28"),
        ("203.0.113.0/255.255.255.240", "203.0.113.0/28"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("2001:db8::/48", "2001:db8::/48"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert network_text(read_sending_network(typed)) == kept


NEITHER = (
    "This is neither an IP address nor a range. It looks like 203.0.113.7, 203.0.113.0/28 or "
    "2001:db8::7."
)
ONE_AT_A_TIME = (
    "Enter one address or range at a time, a range with a slash: like 203.0.113.7, 203.0.113.0/28 "
    "or 2001:db8::7."
)
PRIVATE = (
    "This is a private address, which Gupshup never sees. Enter the public one from which your "
    "servers reach the internet."
)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", NEITHER),
        ("our server", ONE_AT_A_TIME),
        ("example.com", NEITHER),
        ("203.0.113", NEITHER),
        ("203.0.113.256", NEITHER),
        ("203.0.113.07", NEITHER),
        ("٢٠٣.0.113.7", NEITHER),
        ("203.0.113.7/33", NEITHER),
        ("203.0.113.7/", NEITHER),
        ("2001:db8::/129", NEITHER),
        ("203.0.113.1-203.0.113.9", ONE_AT_A_TIME),
        ("203.0.113.1, 203.0.113.2", ONE_AT_A_TIME),
        ("fe80::1%eth0", "Leave out the % and what follows it."),
        (
            "203.0.113.7/24",
            (
                "This names an address and a range at once. Enter 203.0.113.0/24 for the whole "
                "range, or 203.0.113.7 for that address alone."
            ),
        ),
        ("10.1.2.3", PRIVATE),
        ("192.168.0.0/16", PRIVATE),
        ("127.0.0.1", PRIVATE),
        ("169.254.1.1", PRIVATE),
        ("100.64.0.1", PRIVATE),
        ("224.0.0.1", PRIVATE),
        ("255.255.255.255", PRIVATE),
        ("::1", PRIVATE),
        ("fd00::1", PRIVATE),
        ("fe80::1", PRIVATE),
        ("::ffff:10.0.0.1", PRIVATE),
        (
            "0.0.0.0/0",
            (
                "This range is too large: at most /16. Enter the addresses from which this "
                "installation really sends."
            ),
        ),
        (
            "2001::/16",
            (
                "This range is too large: at most /32. Enter the addresses from which this "
                "installation really sends."
            ),
        ),
    ],
)
def test_a_wrong_sending_address_is_told_with_the_way_out(typed: str, told: str) -> None:
    with pytest.raises(NetworkError) as error:
        read_sending_network(typed)
    assert str(error.value) == told


def test_callbacks_may_come_from_a_private_network_but_not_from_everywhere() -> None:
    assert network_text(read_source_network("10.0.0.0/8")) == "10.0.0.0/8"
    for everywhere in ("0.0.0.0/0", "::/0"):
        with pytest.raises(NetworkError, match="Leave the list empty"):
            read_source_network(everywhere)


def test_ranges_cover_what_lies_in_them() -> None:
    outer = ip_network("203.0.113.0/24")
    inner = [ip_network(text) for text in ("203.0.113.7", "203.0.112.0/23", "::ffff:0:0/96")]
    assert [covers(outer, network) for network in inner] == [True, False, False]
    assert covering(ip_address("203.0.113.9"), [ip_network("::/0"), outer])
    assert not covering(ip_address("2001:db8::1"), [outer])


def test_a_stranger_is_noted_by_the_neighbourhood() -> None:
    found = [str(neighbourhood(ip_address(text))) for text in ("203.0.113.9", "2001:db8:1:2::3")]
    assert found == ["203.0.113.0/24", "2001:db8:1::/48"]
