"""Free ports on 127.0.0.1 that no other run takes at the same moment."""

import socket
import sys
from contextlib import suppress
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"


class Ports:
    """Claims last as long as the context; other programs of ours respect them from the start."""

    def __init__(self) -> None:
        self._claims: list[socket.socket] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for claim in self._claims:
            claim.close()

    def claim(self, *, preferred: int) -> int:
        """The preferred one where it is free (0: any), else one that is."""
        port = _free_port(preferred) or _free_port(0)
        while not self._is_claimed(port):
            port = _free_port(0)
        return port

    def _is_claimed(self, port: int) -> bool:
        """By us, from now on. The web server takes its port only a second later."""
        if sys.platform != "linux":
            return True
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0kabootar-port-{port}")  # a name without a file, gone with us
        except OSError:
            claim.close()
            return False
        self._claims.append(claim)
        return True


def _free_port(port: int) -> int:
    """0 where it is taken."""
    with socket.socket() as probe, suppress(OSError):
        # Connections of the run before, which only wait to be forgotten, don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        return int(probe.getsockname()[1])
    return 0
