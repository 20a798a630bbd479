import pytest
from pytest_django import Settings

from providers.network.client_address import client_address


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
