"""A test of a campaign: the message as it is saved, to the team, with somebody's values."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.admin.tryouts.recipients import NOBODY_CHOSEN, chosen_recipients
from campaigns.admin.tryouts.send_test_page import result_context, tell_problems
from campaigns.models import Campaign, CampaignStatus, Profile
from campaigns.planning.previewing import example_of, person_of
from campaigns.tryouts.sending_tests import RefusedTestError
from campaigns.tryouts.testing_campaigns import (
    NO_TEMPLATE,
    last_tests_of,
    send_as_saved,
    somebody,
    variant_of,
)
from campaigns.tryouts.testing_templates import team_profiles
from providers.admin.pages import Page
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
        variant = variant_of(campaign)
        example = example_of(campaign, variant).person
        return self.show(
            request,
            title=f"Test of “{campaign}”",
            original=campaign,
            campaign=campaign,
            variant=variant,
            no_template=NO_TEMPLATE,
            is_draft=campaign.status == CampaignStatus.DRAFT,
            profiles=team_profiles(campaign.project),
            provider=Provider.objects.filter(project=campaign.project_id).first(),
            results=[result_context(test) for test in last_tests_of(campaign)],
            **_shown(campaign, example),
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
        return self.part(request, unknown=unknown, **_shown(campaign, person))


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
            recipients = [replace(each, person=person_of(person)) for each in recipients]
        try:
            tests = send_as_saved(campaign, recipients, by=actor_of(request))
        except RefusedTestError as refusal:
            return tell_problems(request, [str(refusal)])
        return self.part(request, results=[result_context(test) for test in tests])


TRYING_OUT = (TryoutPage, TryoutPreview, SendTryout)


def _named(request: HttpRequest) -> str:
    return request.POST.get("values_of", "").replace("\x00", "").strip()[:MOST_TYPED]


def _unknown(named: str) -> str:
    return f"Nobody in this project has the identity or phone “{named}”."


def _shown(campaign: Campaign, person: Profile | None) -> dict[str, Any]:
    return {"person": person, "preview": _preview(campaign, person)}


def _preview(campaign: Campaign, person: Profile | None) -> Preview | None:
    variant = variant_of(campaign)
    if variant is None:
        return None
    known = person_of(person) if person else NOBODY
    return preview_as_written(
        variant.version, variant.values, known, now=timezone.now().timestamp()
    )
