"""What this person got: the words, the picture, the buttons, as they stood on the phone.

Of a campaign, what was filled in is kept beside the message (models/kept_values.py); where it is
not, the message is rebuilt with the person's values of today, and says so. Whatever else is sent
carries its text or its values with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from json import loads
from typing import Any

from campaigns.models import KeptValues, Message, State, Trigger, Variant
from campaigns.planning.previewing import person_of
from templates_app.kinds.preview import Preview
from templates_app.models import TemplateVersion
from templates_app.rendering.variants import NOBODY, Prepared, prepare
from templates_app.values.personalization import PersonalizationError

REBUILT = (
    "Rebuilt: what was filled in is not kept. It is shown with this person's values of today, "
    "which may be others."
)
NOT_SENT = "It was not sent. With this person's values of today it would say this."
# What people look through at once, read for all of them together.
READ_FIRST = ("profile", "campaign", "variant__version__template__project")

Own = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """`note` is empty where it is exactly what the person got."""

    preview: Preview
    note: str = ""


def what_was_sent(messages: Sequence[Message]) -> dict[int, Sent]:
    """By the messages' ids, without those that can't be shown any more. Read with READ_FIRST."""
    known = _Known(_prepared_of(messages), _versions_of(messages), _kept_of(messages))
    shown = ((message.pk, known.sent(message)) for message in messages)
    return {pk: sent for pk, sent in shown if sent is not None}


@dataclass(frozen=True, slots=True)
class _Known:
    prepared: Mapping[int, Prepared]
    versions: Mapping[int, TemplateVersion]
    kept: Mapping[int, Own]

    def sent(self, message: Message) -> Sent | None:
        if message.variant_id is not None:
            prepared = self.prepared.get(message.variant_id)
            return _of_campaign(message, prepared, self.kept.get(message.pk)) if prepared else None
        content = message.content or {}
        if "version" in content:
            return _of_template(content, self.versions.get(content["version"]))
        text = content.get("text")
        return Sent(Preview(body=text)) if isinstance(text, str) else None


def _of_campaign(message: Message, prepared: Prepared, kept: Own | None) -> Sent:
    if kept is not None:
        return Sent(prepared.shown(kept))
    never_left = message.state in (State.QUEUED, State.SUPPRESSED)
    if not never_left and not prepared.own_values():
        return Sent(prepared.shown({}))
    person = person_of(message.profile) if message.profile else NOBODY
    if message.entry:
        entered = Trigger.objects.filter(pk=message.entry).values_list("properties", flat=True)
        person = {**person, "event": entered.first() or {}}
    today = replace(prepared.preview(person), notes=())
    return Sent(today, NOT_SENT if never_left else REBUILT)


def _of_template(content: Mapping[str, Any], version: TemplateVersion | None) -> Sent | None:
    if version is None:
        return None
    try:
        return Sent(prepare(version, content["values"]).preview(content["person"]))
    except PersonalizationError:
        return None


def _prepared_of(messages: Iterable[Message]) -> dict[int, Prepared]:
    variants = {m.variant.pk: m.variant for m in messages if m.variant is not None}
    found = ((pk, _readable(variant)) for pk, variant in variants.items())
    return {pk: prepared for pk, prepared in found if prepared is not None}


def _readable(variant: Variant) -> Prepared | None:
    try:
        return prepare(variant.version, variant.values)
    except PersonalizationError:
        return None


def _versions_of(messages: Iterable[Message]) -> dict[int, TemplateVersion]:
    """The wordings of those that are templates outside of a campaign."""
    ids = {content["version"] for m in messages if "version" in (content := m.content or {})}
    return TemplateVersion.objects.select_related("template__project").in_bulk(ids) if ids else {}


def _kept_of(messages: Iterable[Message]) -> dict[int, Own]:
    """Of two attempts, of which the first stayed in doubt, the last one."""
    wanted = {m.pk: m.created_at for m in messages if m.variant_id is not None}
    if not wanted:
        return {}
    rows = KeptValues.objects.filter(message__in=wanted, at__in={*wanted.values()})
    return {row.message_id: loads(row.filled) for row in rows.order_by("attempt")}
