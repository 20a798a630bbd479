"""The process that takes Gupshup's callbacks, apart from the console (docs/decisions/0003)."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from config.ops.freed_requests import django_letting_go
from config.ops.unread_bodies import closing_after_unread_bodies

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.callbacks")

_django = closing_after_unread_bodies(django_letting_go())


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """The key in the address proves who calls. The Host is whatever a proxy or a tunnel before us
    has made of it, and settles nothing.
    """
    environ["HTTP_HOST"] = "localhost"
    return _django(environ, start_response)
