"""Trying a campaign out before it goes to anybody: its message as it is saved, with the values of a
real person, to phones of the team.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign, Profile, TestSend, Variant
from campaigns.planning.preflight import variants_of
from campaigns.tryouts.sending_tests import RefusedTestError
from campaigns.tryouts.testing_templates import Recipient, send_draft
from providers.models import Project
from providers.phones.numbers import PhoneError, read_phone
from providers.watch.actors import Actor
from templates_app.rendering.checking import check_values, with_label
from templates_app.rendering.variants import UnusableValueError, prepare, slots_of
from templates_app.rules.problems import errors_in
from templates_app.values.filling import MissingValueError

MOST_SHOWN = 3
WAY_OUT = " Name somebody who has it, or give the text a fallback."
NO_TEMPLATE = "Choose a template first: without one there is nothing to send."


def variant_at(campaign: Campaign, position: int) -> Variant | None:
    """That one; else the first."""
    variants = variants_of(campaign)
    of_this = (variant for variant in variants if variant.position == position)
    return next(of_this, next(iter(variants), None))


def somebody(project: Project, named: str) -> Profile | None:
    """By identity or phone, as somebody types them."""
    people = Profile.objects.of(project).select_related("project")
    if found := people.filter(identity=named).first():
        return found
    try:
        phone = read_phone(named, default_country=project.default_country)
    except PhoneError:
        return None
    return people.filter(match_key=phone.match_key).order_by("pk").first()


@transaction.atomic
def send_as_saved(
    campaign: Campaign, recipients: Sequence[Recipient], *, by: Actor, position: int = 0
) -> list[TestSend]:
    """One test for each, of the variant at this position. Raises RefusedTestError where one of them
    can't be sent; then none is."""
    variant = variant_at(campaign, position)
    if variant is None:
        raise RefusedTestError(NO_TEMPLATE)
    _check(variant, recipients)
    return send_draft(variant.version, variant.values, recipients, by=by)


def last_tests_of(campaign: Campaign, variant: Variant | None) -> list[TestSend]:
    """Those of the message as it is saved now, the newest first."""
    if variant is None:
        return []
    tests = TestSend.objects.filter(
        project=campaign.project_id,
        message__content__version=variant.version_id,
        message__content__values=variant.values,
    )
    return list(tests.select_related("message__outbox", "by").order_by("-pk")[:MOST_SHOWN])


def _check(variant: Variant, recipients: Sequence[Recipient]) -> None:
    """A test that could only be left out says so at once."""
    slots = slots_of(variant.version)
    found = check_values(variant.version, variant.values)
    problems = [with_label(each, slots) for each in errors_in(found)]
    if problems:
        raise RefusedTestError(" ".join(problems))
    prepared = prepare(variant.version, variant.values)
    for recipient in recipients:
        try:
            prepared.fill(recipient.person, now=timezone.now().timestamp())
        except UnusableValueError as unusable:
            way_out = WAY_OUT if isinstance(unusable, MissingValueError) else ""
            raise RefusedTestError(
                f"It can't be sent to {recipient.phone.e164}. {prepared.why_not(unusable)}{way_out}"
            ) from None
