"""What a campaign fills in: one slot a placeholder, file, link end, code or reply payload."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from templates_app.wording.components import HeaderKind


class SlotKind(StrEnum):
    TEXT = "text"
    MEDIA = "media"
    FILE_NAME = "file_name"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    URL_TAIL = "url_tail"
    CODE = "code"
    PAYLOAD = "payload"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """`key` is stable for one version: "header.1", "body.2", "header.media", "button.0",
    "offer.expiration", "card.0.media", "card.0.body.1", "card.0.button.1".
    `max_length` counts characters after personalization."""

    key: str
    kind: SlotKind
    label: str
    sample: str = ""
    max_length: int
    required: bool = True
    # Of a file: what it has to be.
    media: HeaderKind | None = None
    # What it stands in, where that is only a part of the message: "Card 1".
    group: str = ""

    @property
    def short_label(self) -> str:
        """For where the group is said already."""
        rest = self.label.removeprefix(f"{self.group}: ")
        return rest[:1].upper() + rest[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotValue:
    """What the campaign's author wrote for a slot; `fallback` replaces the whole value for
    everybody for whom it would come out empty."""

    text: str = ""
    fallback: str = ""

    @property
    def is_given(self) -> bool:
        return bool(self.text.strip() or self.fallback.strip())


def read_value(raw: object) -> SlotValue:
    """From the JSON of a variant: {"text": …, "fallback": …}; anything else is no value."""
    if not isinstance(raw, Mapping):
        return SlotValue()
    text, fallback = raw.get("text"), raw.get("fallback")
    return SlotValue(
        text=text if isinstance(text, str) else "",
        fallback=fallback if isinstance(fallback, str) else "",
    )
