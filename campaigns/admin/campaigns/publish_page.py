"""The last page before a campaign goes out: what will happen, to how many, and a button."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.admin.campaigns.approval_pages import TITLES, approval_shown
from campaigns.admin.campaigns.example import examples_asked
from campaigns.audience.properties import properties_of
from campaigns.models import LONGEST_WORD, UNPUBLISHED, Campaign
from campaigns.planning.preflight import blocking, findings, variants_of
from campaigns.running.publishing import publish_as_seen
from providers.admin.pages import Page
from providers.models import Role, User
from providers.people.access import actor_of
from providers.refusals import Refusal
from templates_app.rendering.variants import slots_of


class PublishPage(Page):
    address, name = "<int:pk>/publish/", "publish"
    role = Role.MARKETER
    template = "campaigns/publish.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        if campaign.status not in UNPUBLISHED:
            return self._to_live_page(request, campaign)
        shown = approval_shown(campaign, cast("User", request.user))
        variants = variants_of(campaign)
        known = [known.name for known in properties_of(campaign.project)]
        found = findings(campaign, variants, known_properties=known)
        return self.show(
            request,
            title=TITLES[shown["step"]].format(campaign),
            original=campaign,
            campaign=campaign,
            variants=variants,
            shows_files=any(slot.media for each in variants for slot in slots_of(each.version)),
            examples=examples_asked(request.GET, campaign=campaign, variants=variants),
            problems=blocking(found),
            warnings=[finding for finding in found if not finding.blocks],
            longest_word=LONGEST_WORD,
            **shown,
        )

    def post(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        if campaign.status not in UNPUBLISHED:
            return self._to_live_page(request, campaign)
        seen = request.POST.get("seen", "")
        try:
            publish_as_seen(campaign.pk, seen=seen, by=actor_of(request))
        except Refusal as refusal:
            return self._refused(request, campaign, why=str(refusal))
        if campaign.version_of is not None:
            messages.success(request, "The change is published. It applies from the next run on.")
            return HttpResponseRedirect(self.admin.page_of(campaign.version_of))
        messages.success(request, f"“{campaign}” is published.")
        return HttpResponseRedirect(self.admin.page_of(campaign))

    def _refused(self, request: HttpRequest, campaign: Campaign, *, why: str) -> HttpResponse:
        """Whoever clicks in the same moment as somebody else has not been refused anything."""
        now = Campaign.objects.filter(pk=campaign.pk).values_list("status", flat=True).first()
        if now not in (*UNPUBLISHED, None):
            return self._to_live_page(request, campaign)
        messages.error(request, why)
        return HttpResponseRedirect(request.path if now else self.admin.list_page)

    def _to_live_page(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        messages.info(request, f"“{campaign}” has been published already. This is how it goes.")
        return HttpResponseRedirect(self.admin.page_of(campaign))
