"""The real nginx with the file that compose.yaml gives it, on ports and in folders of ours."""

import os
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

from tests.ports import free_port
from tests.providers.gateway.servers import self_signed
from tests.workers import kill

CONFIGURATION = Path(__file__).resolve().parents[3] / "docs" / "proxy" / "nginx.conf"
NGINX = os.environ.get("NGINX") or shutil.which("nginx", path=f"{os.defpath}:/usr/sbin")
HOST = "kabootar.example"
START_SECONDS = 30.0


@dataclass(frozen=True)
class Proxy:
    plain: int  # the port without TLS
    port: int
    tls: ssl.SSLContext
    folder: Path

    def connection(self, *, source: str = "127.0.0.1") -> HTTPSConnection:
        return HTTPSConnection(
            "127.0.0.1", self.port, context=self.tls, timeout=30, source_address=(source, 0)
        )

    def written(self) -> str:
        return (self.folder / "nginx.log").read_text()


@contextmanager
def proxy(*, console: int, callbacks: int, api: int) -> Iterator[Proxy]:
    """In front of these ports."""
    with tempfile.TemporaryDirectory(prefix="kabootar-proxy-") as path:
        folder = Path(path)
        folder.chmod(0o755)  # root's nginx works as another account
        self_signed(folder)
        tls = ssl.create_default_context(cafile=str(folder / "server.pem"))
        here = Proxy(free_port(), free_port(), tls, folder)
        (folder / "nginx.conf").write_text(_adapted(here, console, callbacks, api))
        with (folder / "nginx.log").open("wb") as log:
            command = [str(NGINX), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
            try:
                _wait_for(here, process)
                yield here
            finally:
                if process.poll() is None:
                    kill(process)


def _adapted(here: Proxy, console: int, callbacks: int, api: int) -> str:
    """Where things are, and nothing else. Each must be there, or the file has changed."""
    text = CONFIGURATION.read_text()
    for theirs, ours in {
        " /tmp/": f" {here.folder}/",
        " web:8000;": f" 127.0.0.1:{console};",
        " callbacks:8000;": f" 127.0.0.1:{callbacks};",
        " api:8000;": f" 127.0.0.1:{api};",
        "listen 80 ": f"listen 127.0.0.1:{here.plain} ",
        "listen 443 ssl ": f"listen 127.0.0.1:{here.port} ssl ",
        "/etc/nginx/certificates/fullchain.pem": f"{here.folder}/server.pem",
        "/etc/nginx/certificates/privkey.pem": f"{here.folder}/server.pem",
        "/etc/nginx/certificates/": f"{here.folder}/",
        "/var/cache/nginx/": f"{here.folder}/",
    }.items():
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    return text


def _wait_for(here: Proxy, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, here.written()
        try:
            connection = here.connection()
            connection.connect()
        except OSError:
            time.sleep(0.05)
        else:
            connection.close()
            return
    raise TimeoutError(here.written())
