"""Does a program on a port do its work yet?"""

import http.client
import socket

from config.embedded.ports import HOST

_PATIENCE = 2.0  # seconds


def accepts(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(_PATIENCE)
        return client.connect_ex((HOST, port)) == 0


def is_healthy(port: int) -> bool:
    """A web server accepts connections some time before its application is loaded."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
