"""A test of a campaign: the message as it is saved, to the team, with somebody's values."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.admin.campaigns.example import variant_asked
from campaigns.admin.tryouts.recipients import NOBODY_CHOSEN, chosen_recipients
from campaigns.admin.tryouts.send_test_page import result_context, tell_problems
from campaigns.models import UNPUBLISHED, Campaign, Profile, Variant
from campaigns.planning.occasion_events import event_shown
from campaigns.planning.preflight import variants_of
from campaigns.planning.previewing import example_of, person_of
from campaigns.tryouts.sending_tests import RefusedTestError
from campaigns.tryouts.testing_campaigns import (
    NO_TEMPLATE,
    last_tests_of,
    send_as_saved,
    somebody,
)
from campaigns.tryouts.testing_templates import team_profiles
from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.models import Provider, Role
from providers.people.access import actor_of
from templates_app.kinds.preview import Preview
from templates_app.rendering.variants import NOBODY, preview_as_written

MOST_TYPED = 255


class TryoutPage(Page):
    address, name = "<int:pk>/try/", "try"
    role = Role.MARKETER
    template = "campaigns/campaign_tryout.html"
    related = ("project",)

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        variants = variants_of(campaign)
        variant = variant_asked(request.GET, variants)
        example = example_of(campaign, variant).person
        return self.show(
            request,
            title=f"Test of “{campaign}”",
            original=campaign,
            campaign=campaign,
            variants=variants,
            no_template=NO_TEMPLATE,
            is_draft=campaign.status in UNPUBLISHED,
            profiles=team_profiles(campaign.project),
            provider=Provider.objects.filter(project=campaign.project_id).first(),
            results=[result_context(test) for test in last_tests_of(campaign, variant)],
            **_shown(campaign, variant, example),
        )


class TryoutPreview(Page):
    """The phone, with the values of whoever is named."""

    address, name = "<int:pk>/try/preview/", "try_preview"
    role = Role.MARKETER
    template = "campaigns/campaign_tryout_part.html"
    related = ("project",)

    def post(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        named = _named(request)
        person = somebody(campaign.project, named) if named else None
        unknown = _unknown(named) if named and person is None else ""
        variant = variant_asked(request.POST, variants_of(campaign))
        return self.part(request, unknown=unknown, **_shown(campaign, variant, person))


class SendTryout(Page):
    address, name = "<int:pk>/try/send/", "try_send"
    role = Role.MARKETER
    template = "campaigns/template_test_results.html"
    related = ("project",)

    def post(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        recipients, problems = chosen_recipients(request, campaign.project)
        named = _named(request)
        person = somebody(campaign.project, named) if named else None
        if named and person is None:
            problems.append(_unknown(named))
        if not recipients and not problems:
            problems = [NOBODY_CHOSEN]
        if problems:
            return tell_problems(request, problems)
        if person is not None:
            seen = {**person_of(person), **event_shown(campaign)}
            recipients = [replace(each, person=seen) for each in recipients]
        try:
            position = row_number(request.POST.get("shown_variant", ""))
            tests = send_as_saved(campaign, recipients, by=actor_of(request), position=position)
        except RefusedTestError as refusal:
            return tell_problems(request, [str(refusal)])
        return self.part(request, results=[result_context(test) for test in tests])


TRYING_OUT = (TryoutPage, TryoutPreview, SendTryout)


def _named(request: HttpRequest) -> str:
    return request.POST.get("values_of", "").replace("\x00", "").strip()[:MOST_TYPED]


def _unknown(named: str) -> str:
    return f"Nobody in this project has the identity or phone “{named}”."


def _shown(campaign: Campaign, variant: Variant | None, person: Profile | None) -> dict[str, Any]:
    preview = _preview(campaign, variant, person)
    return {"variant": variant, "person": person, "preview": preview}


def _preview(campaign: Campaign, variant: Variant | None, person: Profile | None) -> Preview | None:
    if variant is None:
        return None
    known = {**(person_of(person) if person else NOBODY), **event_shown(campaign)}
    return preview_as_written(
        variant.version, variant.values, known, now=timezone.now().timestamp()
    )
