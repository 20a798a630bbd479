"""Messages that a program sends: each to one person, now. Checked in full, then written down and
put into the work list; whoever sent them reads later what became of each.

They wait in a lane of their own, behind people's answers and before campaigns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import time

from django.utils import timezone

from campaigns.gates.explaining import Again, explain
from campaigns.models import Lane, Message, MessageKind
from campaigns.outbox.enqueueing import put_all
from campaigns.running.recipients import Address, Recipient, RecipientRefused, recipients_of
from providers.connection.connecting import CONNECT_FIRST
from providers.gateway.requests import LONGEST_TEXT
from providers.models import Conversation, Project
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from templates_app.keeping.reading_by_name import kept_templates
from templates_app.models import Category, Status, Template, TemplateVersion
from templates_app.rendering.checking import check_and_prepare
from templates_app.rendering.variants import UnusableValueError, slots_of
from templates_app.rules.problems import errors_in
from templates_app.values.personalization import LIQUID

NO_TEMPLATE = "There is no such template in this project."
NOT_APPROVED = "This template is {status}: only approved ones can be sent."
OTHER_CATEGORY = "This template is {category} now, not {wanted}."
NO_SLOT = "The template has no such slot."
NO_TEXT = "There is nothing to say in it."
TEXT_TOO_LONG = f"At most {LONGEST_TEXT:,} characters fit into one message."
WINDOW_SHUT = (
    "This person has not written within the last 24 hours: only a template can be sent to them now."
)


class MessageRefused(Refusal):
    """Why it is not sent, for whoever wrote the program. `parts` are what is wrong with which of
    its values, by their keys."""

    code = "message.refused"

    def __init__(
        self, words: str, *, code: str = "", parts: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(words, code=code)
        self.parts = parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A template by its name and language, or a `text` of one's own. `category` is what its sender
    takes the template for, empty where they don't say. `values` are texts by the slots' keys;
    braces in them mean nothing."""

    to: Address
    name: str = ""
    language: str = ""
    category: str = ""
    values: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Ready:
    """`version_id` is None for a text."""

    recipient: Recipient
    version_id: int | None
    content: dict[str, object]


_BY = "%(person)s::bigint AS by_id, %(api_key)s::bigint AS key_id"
_NOTED = auditing.noting(
    "message.accepted",
    project="%(project)s",
    notes=f"(SELECT {_BY}, '' AS note, id FROM given)",
    target=Message,
    target_id="noted.id",
)
_ALL_NOTED = auditing.noting(
    "message.accepted",
    project="%(project)s",
    notes=f"(SELECT {_BY}, count(*) || ' messages' AS note FROM given)",
)
_Judged = _Ready | MessageRefused
_Templates = Mapping[tuple[str, str], Template]


def accept(project: Project, wanted: Wanted, *, by: Actor) -> Message:
    """Raises MessageRefused."""
    (judged,) = _judge(project, [wanted])
    if isinstance(judged, MessageRefused):
        raise judged
    (message,) = _put(project, [judged], by=by, noted=_NOTED)
    return message


def accept_all(
    project: Project, wanted: Sequence[Wanted], *, by: Actor
) -> list[Message | MessageRefused]:
    """In their order: one that is refused holds up no other. Raises MessageRefused where none can
    be sent at all."""
    judged = _judge(project, wanted)
    ready = [one for one in judged if isinstance(one, _Ready)]
    written = iter(_put(project, ready, by=by, noted=_ALL_NOTED))
    return [one if isinstance(one, MessageRefused) else next(written) for one in judged]


def _judge(project: Project, wanted: Sequence[Wanted]) -> list[_Judged]:
    templates = _templates_of(project, wanted)
    planned = [(one.to, _version_id_of(one, templates)) for one in wanted]
    recipients = recipients_of(project, planned)
    if recipients is None:
        raise MessageRefused(CONNECT_FIRST, code="message.not_connected")
    judged = [_read(*pair, templates) for pair in zip(wanted, recipients, strict=True)]
    return _past_gates(_in_time(project, judged))


def _put(project: Project, ready: Iterable[_Ready], *, by: Actor, noted: str) -> list[Message]:
    """With their entry in the audit log, by one statement: all of it is there, or nothing."""
    messages = [
        Message(
            kind=MessageKind.API,
            phone=one.recipient.phone.e164,
            send_key=one.recipient.phone.match_key,
            profile_id=one.recipient.profile_id,
            content=one.content,
        )
        for one in ready
    ]
    person, key = by.person and by.person.pk, by.key and by.key.pk
    put_all(project, messages, lane=Lane.DIRECT, also=noted, person=person, api_key=key)
    return messages


def _templates_of(project: Project, wanted: Sequence[Wanted]) -> _Templates:
    names = {(one.name, one.language) for one in wanted if not one.text}
    return kept_templates.read(project, names) if names else {}


def _version_id_of(wanted: Wanted, templates: _Templates) -> int | None:
    template = None if wanted.text else templates.get((wanted.name, wanted.language))
    return template.current_id if template else None


def _read(
    wanted: Wanted, recipient: Recipient | RecipientRefused, templates: _Templates
) -> _Judged:
    """What can be judged of one by itself."""
    try:
        version = None if wanted.text else _version_of(wanted, templates)
        if isinstance(recipient, RecipientRefused):
            raise MessageRefused(str(recipient), code=recipient.code)
        if version is None:
            return _Ready(recipient, None, {"text": _text_of(wanted)})
        return _Ready(recipient, version.pk, _content_of(version, wanted))
    except MessageRefused as refusal:
        return refusal


def _version_of(wanted: Wanted, templates: _Templates) -> TemplateVersion:
    template = templates.get((wanted.name, wanted.language))
    if template is None or template.current is None:
        raise MessageRefused(NO_TEMPLATE, code="message.no_template")
    if template.status != Status.APPROVED:
        words = NOT_APPROVED.format(status=Status(template.status).label.lower())
        raise MessageRefused(words, code="message.not_approved")
    if wanted.category and wanted.category != template.category:
        category = Category(template.category).label.lower()
        words = OTHER_CATEGORY.format(category=category, wanted=wanted.category.lower())
        raise MessageRefused(words, code="message.other_category")
    return template.current


def _text_of(wanted: Wanted) -> str:
    text = wanted.text.strip()
    if not text:
        raise MessageRefused(NO_TEXT, code="message.no_text")
    if len(text) > LONGEST_TEXT:
        raise MessageRefused(TEXT_TOO_LONG, code="message.text_too_long")
    return text


def _content_of(version: TemplateVersion, wanted: Wanted) -> dict[str, object]:
    values, person = _without_braces(wanted.values)
    _check_values(version, values, person)
    return {"version": version.pk, "values": values, "person": dict(person)}


def _without_braces(
    given: Mapping[str, str],
) -> tuple[dict[str, object], Mapping[str, Mapping[str, str]]]:
    """Values of a variant, and the person who fills them: what would be read as a placeholder is
    printed as the property of somebody instead."""
    values: dict[str, object] = {}
    properties: dict[str, str] = {}
    for number, (key, text) in enumerate(given.items()):
        values[key] = {"text": text}
        if LIQUID.search(text):
            properties[f"value_{number}"] = text
            values[key] = {"text": f"{{{{ profile.value_{number} }}}}"}
    return values, {"profile": properties}


def _check_values(
    version: TemplateVersion, values: Mapping[str, object], person: Mapping[str, object]
) -> None:
    known = {slot.key for slot in slots_of(version)}
    wrong = [(key, NO_SLOT) for key in values if key not in known]
    problems, prepared = check_and_prepare(version, values)
    wrong += [(one.place, one.message) for one in errors_in(problems)]
    if prepared is not None and not wrong:
        try:
            prepared.fill(person, now=time())
        except UnusableValueError as failure:
            wrong.append((failure.slot, prepared.why_not(failure)))
    if wrong:
        raise MessageRefused("Some values are not right.", code="message.values", parts=wrong)


def _in_time(project: Project, judged: Sequence[_Judged]) -> list[_Judged]:
    """A text of one's own goes to those alone who have written within a day."""
    texts = {
        one.recipient.phone.match_key
        for one in judged
        if isinstance(one, _Ready) and one.version_id is None
    }
    if not texts:
        return list(judged)
    open_now = Conversation.objects.open(at=timezone.now()).filter(project=project)
    may_get = set(open_now.filter(match_key__in=texts).values_list("match_key", flat=True))
    return [
        MessageRefused(WINDOW_SHUT, code="message.window_shut")
        if isinstance(one, _Ready)
        and one.version_id is None
        and one.recipient.phone.match_key not in may_get
        else one
        for one in judged
    ]


def _past_gates(judged: Sequence[_Judged]) -> list[_Judged]:
    return [
        _refused_for(one.recipient.reason)
        if isinstance(one, _Ready) and one.recipient.reason
        else one
        for one in judged
    ]


def _refused_for(reason: str) -> MessageRefused:
    words = explain(reason, "", again=Again.BY_HAND).meaning
    return MessageRefused(f"{words}.", code=f"message.{reason}")
