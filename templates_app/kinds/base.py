"""What every template type offers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from templates_app.kinds.parts import LimitedText, Shown
from templates_app.kinds.preview import Preview
from templates_app.models import Kind
from templates_app.rules.problems import Problem, Severity
from templates_app.values.slots import Slot
from templates_app.wording.components import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a template is sent: `template_id` as Gupshup lists it, or by its text. `time_zone` is
    that of times which don't name one."""

    language: str
    template_id: str = ""
    by_text: bool = False
    time_zone: str = "UTC"


class TemplateKind(Protocol):
    @property
    def kind(self) -> Kind: ...

    def problems(self, wording: Wording, *, category: str, samples: Severity) -> Iterator[Problem]:
        """`samples` is how grave a missing sample is: it depends on what the template is for."""

    def slots(self, wording: Wording) -> tuple[Slot, ...]: ...

    def texts(self, wording: Wording) -> Iterator[LimitedText]: ...

    def components(self, wording: Wording, *, given: Collection[str]) -> list[object] | None:
        """Meta's send-time components with holes in them, where the gateway wants any. `given` are
        the keys of the slots that the campaign fills."""

    def preview(self, wording: Wording, shown: Shown) -> Preview: ...


KINDS: dict[Kind, TemplateKind] = {}
