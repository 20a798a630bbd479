"""One Redis in a folder, reachable over a Unix socket alone."""

import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.embedded.programs import Program


@dataclass(frozen=True, kw_only=True)
class RedisServer:
    """It has no lock of its own: the caller sees to it that nobody else uses the folder."""

    binary: Path
    home: Path
    sockets: Path
    log: Path
    durable: bool

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self._socket))}?db=0"

    def serving(self) -> Program:
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return Program(
            name="redis",
            command=[self.binary, *options],
            output=self.log,
            grace=3.0,
            folder=self.home,
        )

    def is_ready(self) -> bool:
        """While it loads its data it answers every command with an error."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    @property
    def _socket(self) -> Path:
        return self.sockets / "redis.sock"
