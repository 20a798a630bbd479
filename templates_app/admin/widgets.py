"""The editor's own inputs: a text with a counter, samples, and rows of buttons.

Each reads its whole value from the form's data by itself, so that a preview and a save see the
same. What changes while somebody types is editor.js's work.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from templates_app.admin.emoji_palette import EMOJI
from templates_app.wording.components import Button, ButtonKind, Text

SAMPLE_PREFIX = "sample."
ROW_FIELDS = ("kind", "label", "value", "sample")


def plain(value: str) -> str:
    """PostgreSQL's JSON takes no NUL."""
    return value.replace("\x00", "").strip()


def unix_lines(text: str) -> str:
    """A browser sends its line breaks as two characters, WhatsApp knows one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_with(text: str, samples: Mapping[str, str]) -> Text:
    """`samples` by the placeholder's name, in the order of sending."""
    given = tuple(samples.values())
    return Text(text=unix_lines(text), samples=given if any(given) else ())


def _counted(*, limit: int, amber: int) -> dict[str, Any]:
    return {"data-limit": limit, "data-amber": amber, "dir": "auto"}


class CountedInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """One line, with a counter that turns amber at `amber` and red above `limit`."""

    template_name = "templates_app/widgets/counted_input.html"

    def __init__(self, *, limit: int, amber: int, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({**_counted(limit=limit, amber=amber), **(attrs or {})})


class BodyInput(UnfoldAdminTextareaWidget):  # type: ignore[misc]
    """The message's text, with the toolbar above it."""

    template_name = "templates_app/widgets/body.html"

    def __init__(self, *, limit: int, amber: int) -> None:
        super().__init__({**_counted(limit=limit, amber=amber), "rows": 8})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "emoji": EMOJI}


class MediaInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """The link of a file, with a way to upload one."""

    template_name = "templates_app/widgets/media.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"placeholder": "https://…", "inputmode": "url", "dir": "ltr", **(attrs or {})}
        )


class InputGroup(forms.Widget):
    """Several inputs, each with a label of its own; that none of them is sent says: empty."""

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""


class SamplesInput(InputGroup):
    """One input for each placeholder. The value is {"body.1": "Asha", …}."""

    template_name = "templates_app/widgets/samples.html"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {
            key.removeprefix(SAMPLE_PREFIX): plain(str(value))
            for key, value in data.items()
            if key.startswith(SAMPLE_PREFIX)
        }

    def format_value(self, value: Any) -> Any:
        return value or {}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["input_classes"] = " ".join(INPUT_CLASSES)
        context["samples"] = [
            {"key": key, "name": f"{SAMPLE_PREFIX}{key}", "value": sample}
            for key, sample in self.format_value(value).items()
        ]
        return context


@dataclass(frozen=True)
class RowKind:
    """How one kind of button looks in the editor; `label` is what a new one says."""

    kind: str
    title: str
    icon: str
    label: str = ""


ROW_KINDS = (
    RowKind(ButtonKind.QUICK_REPLY.value, "Quick reply", "reply"),
    RowKind(ButtonKind.URL.value, "Visit website", "open_in_new"),
    RowKind(ButtonKind.PHONE_NUMBER.value, "Call phone", "call"),
    RowKind(ButtonKind.COPY_CODE.value, "Copy code", "content_copy"),
    RowKind(ButtonKind.QUICK_REPLY.value, "Opt-out", "block", label="Stop promotions"),
)


class ButtonsInput(InputGroup):
    """Rows of buttons. The value is a tuple of Button; rows left empty are dropped."""

    template_name = "templates_app/widgets/buttons.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[Button, ...]:
        columns = [data.getlist(f"button-{field}") for field in ROW_FIELDS]
        return buttons_of(zip(*columns, strict=False))

    def format_value(self, value: Any) -> Any:
        return value or ()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["input_classes"] = " ".join(INPUT_CLASSES)
        context["kinds"] = ROW_KINDS
        context["rows"] = rows_shown(self.format_value(value))
        return context


def buttons_of(rows: Iterable[Sequence[str]]) -> tuple[Button, ...]:
    """Each row has a kind, a label, a value and a sample; rows of no known kind are dropped."""
    buttons = (_button(*(plain(cell) for cell in row)) for row in rows)
    return tuple(button for button in buttons if button is not None)


def rows_shown(buttons: Iterable[Button]) -> list[dict[str, Any]]:
    titles = {row.kind: row for row in reversed(ROW_KINDS)}
    return [{"button": button, "kind": titles.get(button.kind.value)} for button in buttons]


def _button(kind: str, label: str, value: str, sample: str) -> Button | None:
    if kind not in ButtonKind.__members__:
        return None
    known = ButtonKind(kind)
    if known is ButtonKind.PHONE_NUMBER:
        value = re.sub(r"[\s().\-]", "", value)
    elif known is ButtonKind.URL:
        # Some paste the whole link where only its end is asked for.
        sample = sample.removeprefix(Button(kind=known, value=value).prefix)
    return Button(
        kind=known,
        label="" if known is ButtonKind.COPY_CODE else label,
        value=value if known in {ButtonKind.URL, ButtonKind.PHONE_NUMBER} else "",
        sample=sample if known in {ButtonKind.URL, ButtonKind.COPY_CODE} else "",
    )
