import pytest
from pytest_django import Settings

from providers.network.client_address import (
    client_address,
    client_neighbourhood,
    client_place,
)


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, None, "10.0.0.1"),
        (0, "203.0.113.7", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1,,,203.0.113.7", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        (2, "203.0.113.7:51234, 10.0.0.9", "203.0.113.7"),
        (1, "2001:DB8::7", "2001:db8::7"),
        (1, '"[2001:db8::7]:443"', "2001:db8::7"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "::FFFF:CB00:7107", "203.0.113.7"),
        (1, "[::ffff:203.0.113.7]:443", "203.0.113.7"),
        (1, "2001:db8::7%eth0", "2001:db8::7"),
        (2, "2001:db8::bad, [2001:db8::7]:443, 2001:db8:f::1", "2001:db8::7"),
        (2, "2001:db8::7, ::ffff:10.0.0.9", "2001:db8::7"),
        (1, "2001:db8::7, 2001:db8::zz", "None"),
        (1, "[2001:db8::7", "2001:db8::7"),
        (1, "2001:db8:0:0:0:0:0:7:443", "None"),
        (1, "unknown", "None"),
        (1, "1.1.1.1, ", "None"),
        (1, "", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (2, "203.0.113.7", "10.0.0.1"),
    ],
)
def test_the_client_stands_where_the_outermost_own_proxy_wrote_it(
    hops: int, forwarded: str | None, expected: str, settings: Settings
) -> None:
    settings.TRUSTED_HOPS = hops
    meta = {"REMOTE_ADDR": "10.0.0.1"}
    if forwarded is not None:
        meta["HTTP_X_FORWARDED_FOR"] = forwarded
    assert str(client_address(meta)) == expected


@pytest.mark.parametrize("remote", ["", "unix:"])
def test_a_unix_socket_has_no_address(remote: str) -> None:
    assert client_address({"REMOTE_ADDR": remote}) is None


@pytest.mark.parametrize(
    ("address", "place", "neighbourhood"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("nobody", "", ""),
    ],
)
def test_limits_take_an_ipv6_network_for_one_caller(
    address: str, place: str, neighbourhood: str
) -> None:
    meta = {"REMOTE_ADDR": address}
    assert (client_place(meta), client_neighbourhood(meta)) == (place, neighbourhood)
