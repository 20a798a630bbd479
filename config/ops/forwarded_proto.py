"""Of several X-Forwarded-Proto values only the last is our own proxy's; Django reads the first."""

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
NAME = "HTTP_X_FORWARDED_PROTO"


def believing_the_last_proxy(application: Application) -> Application:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if NAME in environ:
            environ[NAME] = environ[NAME].rpartition(",")[2].strip()
        return application(environ, start_response)

    return answer
