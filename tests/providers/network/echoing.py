"""A WSGI application that answers with the headers which the server has handed it."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from config.ops.forwarded_proto import believing_the_last_proxy


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["wsgi.input"].read()  # whoever closes on what is still being sent breaks the sender
    shown = {name: value for name, value in environ.items() if name.startswith("HTTP_X")}
    body = json.dumps(shown).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


application = believing_the_last_proxy(echo)
