"""Where the demo's programs listen, as `make demo` and `make smoke` tell their children."""

import os
from dataclasses import dataclass, field
from typing import Self


class NotInDemoError(Exception):
    """The command was not started by `make demo` or `make smoke`."""


@dataclass(frozen=True)
class Surroundings:
    simulator_url: str
    callback_url: str
    web_url: str
    user: str
    password: str = field(repr=False)

    @classmethod
    def read(cls) -> Self:
        try:
            return cls(
                simulator_url=os.environ["KABOOTAR_SIMULATOR_URL"],
                callback_url=os.environ["KABOOTAR_CALLBACK_URL"],
                web_url=os.environ["KABOOTAR_WEB_URL"],
                user=os.environ["KABOOTAR_DEMO_USER"],
                password=os.environ["KABOOTAR_DEMO_PASSWORD"],
            )
        except KeyError as missing:
            raise NotInDemoError(
                f"{missing.args[0]} is not set: this command is part of `make demo`."
            ) from None
