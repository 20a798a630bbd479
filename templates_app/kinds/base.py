"""What every template type offers."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from providers.gateway.requests import GatewayRequest
from templates_app.components import Wording
from templates_app.models import Kind
from templates_app.preview import Preview
from templates_app.problems import Problem, Severity
from templates_app.slots import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a template is sent: `template_id` as Gupshup lists it, or by its text."""

    language: str
    template_id: str = ""
    by_text: bool = False


class Plan(Protocol):
    """All that can be worked out once for a version. `values` are finished and in the order of
    the slots; where a preview has none, it gets None."""

    def check(self, values: Sequence[str]) -> None:
        """Raises ValueTooLongError when the whole gets too long, though no value is by itself."""

    def request(
        self, values: Sequence[str], *, phone: str, msg_id: str, extra: str
    ) -> GatewayRequest: ...

    def preview(self, values: Sequence[str | None], *, notes: Sequence[str] = ()) -> Preview: ...


class TemplateKind(Protocol):
    @property
    def kind(self) -> Kind: ...

    def problems(self, wording: Wording, *, category: str, samples: Severity) -> Iterator[Problem]:
        """`samples` is how grave a missing sample is: it depends on what the template is for."""

    def slots(self, wording: Wording) -> tuple[Slot, ...]: ...

    def plan(self, wording: Wording, envelope: Envelope, *, given: Collection[str]) -> Plan:
        """`given` are the keys of the slots that the campaign fills."""


KINDS: dict[Kind, TemplateKind] = {}
