"""A message that a program sends: one template to one person, now. Checked in full, then written
down and put into the work list; whoever sent it reads later what became of it.

It waits in a lane of its own, behind people's answers and before campaigns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import time

from django.db import transaction

from campaigns.audience.erasing.stops import recall_stops
from campaigns.gates.explaining import Again, explain
from campaigns.gates.of_programs import why_not
from campaigns.models import Lane, Message, MessageKind, Profile
from campaigns.outbox.enqueueing import enqueue_template
from providers.connection.connecting import CONNECT_FIRST, is_connected
from providers.models import Project
from providers.phones.numbers import Phone, PhoneError, read_phone
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from templates_app.models import Category, Status, Template, TemplateVersion
from templates_app.rendering.checking import check_values
from templates_app.rendering.variants import UnusableValueError, prepare, slots_of
from templates_app.rules.problems import errors_in
from templates_app.values.personalization import LIQUID

NO_TEMPLATE = "There is no such template in this project."
NOT_APPROVED = "This template is {status}: only approved ones can be sent."
OTHER_CATEGORY = "This template is {category} now, not {wanted}."
UNKNOWN = "Nobody in this project has this identity."
NO_PHONE = "This person has no phone number that can be used."


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
    """`category` is what its sender takes the template for, empty where they don't say. `identity`
    or `phone` say to whom it goes. `values` are texts by the slots' keys; braces in them mean
    nothing."""

    name: str
    language: str
    category: str = ""
    identity: str = ""
    phone: str = ""
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Recipient:
    phone: Phone
    profile_id: int | None


@transaction.atomic
def accept(project: Project, wanted: Wanted, *, by: Actor) -> Message:
    """Raises MessageRefused."""
    if not is_connected(project.pk):
        raise MessageRefused(CONNECT_FIRST, code="message.not_connected")
    version = _version_of(project, wanted)
    recipient = _recipient_of(project, wanted)
    values, person = _without_braces(wanted.values)
    _check_values(version, values, person)
    _check_gates(project, version, recipient)
    message = enqueue_template(
        project,
        kind=MessageKind.API,
        phone=recipient.phone.e164,
        match_key=recipient.phone.match_key,
        version=version,
        values=values,
        person=person,
        profile_id=recipient.profile_id,
        lane=Lane.DIRECT,
    )
    auditing.record("message.accepted", by=by, project=project, target=message)
    return message


def _version_of(project: Project, wanted: Wanted) -> TemplateVersion:
    templates = Template.objects.filter(project=project, name=wanted.name)
    found = templates.filter(language=wanted.language).select_related("current__template__project")
    template = found.first()
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


def _recipient_of(project: Project, wanted: Wanted) -> _Recipient:
    """Of several who share a phone, the first."""
    try:
        if wanted.identity:
            return _by_identity(project, wanted.identity)
        phone = read_phone(wanted.phone, default_country=project.default_country)
    except PhoneError as problem:
        raise MessageRefused(problem.reason, code="message.phone_unreadable") from None
    recall_stops(project.pk, [phone.match_key])
    people = Profile.objects.of(project).filter(match_key=phone.match_key).order_by("pk")
    return _Recipient(phone, people.values_list("pk", flat=True).first())


def _by_identity(project: Project, identity: str) -> _Recipient:
    person = Profile.objects.of(project).filter(identity=identity).first()
    if person is None:
        raise MessageRefused(UNKNOWN, code="message.unknown_person")
    if person.match_key is None:
        raise MessageRefused(NO_PHONE, code="message.no_phone")
    phone = read_phone(person.phone, default_country=project.default_country)
    return _Recipient(phone, person.pk)


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
    wrong = [(key, "The template has no such slot.") for key in values if key not in known]
    wrong += [(one.place, one.message) for one in errors_in(check_values(version, values))]
    if not wrong:
        prepared = prepare(version, values)
        try:
            prepared.fill(person, now=time())
        except UnusableValueError as failure:
            wrong.append((failure.slot, prepared.why_not(failure)))
    if wrong:
        raise MessageRefused("Some values are not right.", code="message.values", parts=wrong)


def _check_gates(project: Project, version: TemplateVersion, recipient: _Recipient) -> None:
    reason = why_not(
        project.pk,
        version_id=version.pk,
        match_key=recipient.phone.match_key,
        profile_id=recipient.profile_id,
    )
    if reason:
        words = explain(reason, "", again=Again.BY_HAND).meaning
        raise MessageRefused(f"{words}.", code=f"message.{reason}")
