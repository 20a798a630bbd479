"""Ports for servers that tests start."""

import atexit
from contextlib import ExitStack

from config.embedded.ports import Ports

_until_we_end = ExitStack()
atexit.register(_until_we_end.close)
_ports = _until_we_end.enter_context(Ports())


def free_port() -> int:
    """Which no other test's server takes for as long as we run. Some start seconds later, and two
    could share one port: granian asks for that."""
    return _ports.claim(preferred=0)
