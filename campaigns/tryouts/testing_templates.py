"""Trying a template out: what would go to Gupshup, and what came of the last try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from campaigns.models import Profile, TestSend
from campaigns.planning.previewing import person_of
from campaigns.tryouts.sending_tests import send_template
from providers.models import Project
from providers.phones.numbers import Phone, read_phone
from providers.watch.actors import Actor
from templates_app.kinds.preview import Preview
from templates_app.models import Template, TemplateVersion
from templates_app.rendering.checking import check_values
from templates_app.rendering.variants import NOBODY, UnusableValueError, prepare, preview_as_written
from templates_app.rules.problems import Problem, errors_in
from templates_app.values.media_links import own_file_of
from templates_app.values.slots import Slot, SlotKind

MOST_PROFILES = 20
OFFER_LASTS = timedelta(days=1)
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Recipient:
    """`person` fills the placeholders: of a bare number nothing is known."""

    phone: Phone
    person: Mapping[str, object] = field(default_factory=lambda: NOBODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """A template with values, as the page shows it before anything is sent. `form` is what would
    be posted, without the login; empty where the values don't make a message yet."""

    problems: Sequence[Problem]
    preview: Preview
    form: Mapping[str, str]


def team_profiles(project: Project) -> list[Profile]:
    """People of the team, who are there for trying things out."""
    rows = Profile.objects.filter(project=project, is_test=True).exclude(phone="")
    rows = rows.select_related("project")
    return list(rows.order_by("name", "pk")[:MOST_PROFILES])


def recipient_of(profile: Profile) -> Recipient:
    """Raises PhoneError where the stored number can't be read."""
    country = profile.project.default_country
    return Recipient(read_phone(profile.phone, default_country=country), person_of(profile))


def sample_of(slot: Slot, *, zoned: datetime) -> str:
    """What stands in the field at first: the template's own sample, or a day from now."""
    if slot.kind is SlotKind.EXPIRY:
        return f"{zoned + OFFER_LASTS:%Y-%m-%dT%H:%M}"
    return own_file_of(slot) if slot.media else slot.sample


def draft_of(
    version: TemplateVersion, values: Values, *, recipient: Recipient | None
) -> TemplateDraft:
    person = recipient.person if recipient else NOBODY
    problems = check_values(version, values)
    if errors_in(problems):
        preview = preview_as_written(version, values, person)
        return TemplateDraft(problems=problems, preview=preview, form={})
    prepared = prepare(version, values)
    phone = recipient.phone.e164 if recipient else "+910000000000"
    now = timezone.now().timestamp()
    try:
        request = prepared.request(person=person, phone=phone, msg_id="…", extra="…", now=now)
        form: Mapping[str, str] = request.form()
    except UnusableValueError:
        form = {}
    return TemplateDraft(problems=problems, preview=prepared.preview(person, now=now), form=form)


@transaction.atomic
def send_draft(
    version: TemplateVersion, values: Values, recipients: Sequence[Recipient], *, by: Actor
) -> list[TestSend]:
    """One test for each, through the HSM account. Raises RefusedTestError where one of them may
    not be sent; then none is."""
    project = version.template.project
    return [
        send_template(
            project,
            by=by,
            phone=recipient.phone,
            version=version,
            values=values,
            person=recipient.person,
        )
        for recipient in recipients
    ]


def last_test_of(template: Template) -> TestSend | None:
    versions = list(template.versions.values_list("pk", flat=True))
    tests = TestSend.objects.filter(
        project_id=template.project_id, message__content__version__in=versions
    )
    return tests.select_related("message__outbox", "by").order_by("-pk").first()
