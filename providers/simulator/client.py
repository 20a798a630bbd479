"""The sync face of a running simulator's /_sim addresses, for tests and the demo."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

HSM_USER, HSM_PASSWORD = "2000000001", "hsm-password"
TWO_WAY_USER, TWO_WAY_PASSWORD = "2000000002", "two-way-password"
ACCOUNT = {
    "name": "demo",
    "hsm_user": HSM_USER,
    "hsm_password": HSM_PASSWORD,
    "two_way_user": TWO_WAY_USER,
    "two_way_password": TWO_WAY_PASSWORD,
    "number": "919000000001",
}


@dataclass(frozen=True, slots=True)
class SimulatorClient:
    base_url: str

    @property
    def gateway_url(self) -> str:
        return f"{self.base_url}/GatewayAPI/rest"

    def register(self, **described: Any) -> None:
        """An account; what is not given is that of `ACCOUNT`."""
        self.post("/_sim/accounts", **(ACCOUNT | described))

    def teach(self, *templates: Mapping[str, Any], only: bool = True, **account: str) -> None:
        """Approved templates, in Meta's component form with an `id` or as the gateway lists them.
        With `only` every other one is refused from now on."""
        self.post("/_sim/templates", templates=list(templates), only=only, **account)

    def options(self, **changes: Any) -> dict[str, Any]:
        return dict(self.post("/_sim/options", **changes))

    def behave(self, phone: str, behaviour: str) -> None:
        self.post("/_sim/phones", phone=phone, behaviour=behaviour)

    def opt_in(self, *phones: str) -> None:
        self.post("/_sim/opt_in", phones=list(phones))

    def inbound(self, phone: str, **message: Any) -> None:
        """`text=`, `button=` with an optional `payload=`, or `picture=`."""
        self.post("/_sim/inbound", phone=phone, **message)

    def click(self, phone: str, **which: Any) -> str:
        """Returns the address that was clicked."""
        return str(self.post("/_sim/click", phone=phone, **which)["target"])

    def refuse(self, seconds: float) -> None:
        """Nobody listens for so long, this client's own calls included."""
        self.post("/_sim/refuse", seconds=seconds)

    def reset(self) -> None:
        """As after the start, but for the accounts, which stay."""
        self.post("/_sim/reset")

    def book(self, since: int = 0) -> list[dict[str, Any]]:
        lines = self._call(Request(f"{self.base_url}/_sim/book?since={since}"))
        return [json.loads(line) for line in lines.splitlines()]

    def summary(self) -> dict[str, Any]:
        return dict(self.get("/_sim/book/summary"))

    def state(self) -> dict[str, Any]:
        return dict(self.get("/_sim/state"))

    def wait_until_quiet(self, timeout: float = 30.0) -> dict[str, Any]:
        """Until no request is open and nothing is left to be posted back."""
        return self.wait_for(
            lambda state: not state["open"] and not state["callbacks"]["waiting"], timeout
        )

    def wait_for(
        self, reached: Callable[[dict[str, Any]], bool], timeout: float = 30.0
    ) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while not reached(state := self.state()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not reached in {timeout} s: {state}")
            time.sleep(0.02)
        return state

    def get(self, path: str, **query: str) -> Any:
        return json.loads(self._call(Request(f"{self.base_url}{path}?{urlencode(query)}")))

    def post(self, path: str, **content: Any) -> Any:
        body = json.dumps(content).encode()
        return json.loads(self._call(Request(f"{self.base_url}{path}", data=body)))

    def _call(self, request: Request) -> str:
        try:
            with urlopen(request, timeout=30) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            raise ValueError(f"{error.code}: {error.read().decode()}") from None
