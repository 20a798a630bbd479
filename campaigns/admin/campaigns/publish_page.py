"""The last page before a campaign goes out: what will happen, to how many, and a button."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.admin.campaigns.example import example_asked
from campaigns.admin.campaigns.own_campaign import OwnCampaign, page_of
from campaigns.audience.properties import properties_of
from campaigns.gates.ending import last_moment
from campaigns.models import Campaign, CampaignStatus
from campaigns.planning.dry_run import EXACT, dry_run
from campaigns.planning.opening_links import are_left_closed, findings_of, links_of, open_links
from campaigns.planning.preflight import blocking, findings, variants_of
from campaigns.planning.previewing import person_of
from campaigns.planning.targeting import forecast
from campaigns.results.speed import in_words, rate_of
from campaigns.running.publishing import fingerprint, publish_as_seen
from providers.admin.row_numbers import row_number
from providers.models import Provider
from providers.people.access import actor_of
from providers.refusals import Refusal
from templates_app.rendering.variants import slots_of


class PublishPage(OwnCampaign):
    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.publish_view)
        reach = self.admin_site.admin_view(require_GET(self.publish_reach_view))
        values = self.admin_site.admin_view(require_GET(self.publish_values_view))
        links = self.admin_site.admin_view(require_GET(self.publish_links_view))
        example = self.admin_site.admin_view(require_GET(self.example_view))
        return [
            path("<int:pk>/publish/", page, name="campaigns_campaign_publish"),
            path("<int:pk>/publish/reach/", reach, name="campaigns_campaign_publish_reach"),
            path("<int:pk>/publish/values/", values, name="campaigns_campaign_publish_values"),
            path("<int:pk>/publish/links/", links, name="campaigns_campaign_publish_links"),
            path("<int:pk>/publish/example/", example, name="campaigns_campaign_publish_example"),
            *super().get_urls(),
        ]

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.own_campaign(request, pk)
        if campaign.status != CampaignStatus.DRAFT:
            messages.info(request, f"“{campaign}” has been published already. This is how it goes.")
            return HttpResponseRedirect(page_of(campaign))
        if request.method == "POST":
            return self._publish(request, campaign)
        return TemplateResponse(request, "campaigns/publish.html", self._shown(request, campaign))

    def _publish(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        seen = request.POST.get("seen", "")
        try:
            publish_as_seen(campaign.pk, seen=seen, by=actor_of(request))
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)
        messages.success(request, f"“{campaign}” is published.")
        return HttpResponseRedirect(page_of(campaign))

    def _shown(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        variants = variants_of(campaign)
        variant = variants[0] if variants else None
        known = [known.name for known in properties_of(self.project(request))]
        found = findings(campaign, variants, known_properties=known)
        return {
            **self.admin_site.each_context(request),
            "title": f"Publish “{campaign}”?",
            "media": self.media,
            "opts": self.opts,
            "original": campaign,
            "campaign": campaign,
            "variant": variant,
            "shows_files": variant and any(slot.media for slot in slots_of(variant.version)),
            "example": example_asked(request.GET, campaign=campaign, variant=variant),
            "problems": blocking(found),
            "warnings": [finding for finding in found if not finding.blocks],
        }

    def publish_reach_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Counted apart from the page: among a million people it takes a moment."""
        campaign = self.own_campaign(request, pk)
        variants = variants_of(campaign)
        if blocking(findings(campaign, variants)):
            raise Http404("This campaign can't be published as it is.")
        reach = forecast(campaign)
        provider = Provider.objects.get(project=campaign.project_id)
        rate = rate_of(campaign, provider_rate=provider.rate)
        context = {
            "campaign": campaign,
            "variant": variants[0],
            "provider": provider,
            "reach": reach,
            "left_out": reach.total - reach.to_send,
            "is_later": campaign.starts_at is not None and campaign.starts_at > timezone.now(),
            "duration": in_words(reach.to_send / rate),
            "too_late": max(
                0, reach.to_send - _most_in_time(campaign, rate=rate, of=reach.to_send)
            ),
            "seen": fingerprint(campaign, variants),
        }
        return render(request, "campaigns/publish_reach.html", context)

    def publish_values_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who would be left out because of their values, among so many (`of`) that it reaches."""
        campaign = self.own_campaign(request, pk)
        variants = variants_of(campaign)
        if blocking(findings(campaign, variants)):
            raise Http404("This campaign can't be published as it is.")
        expected = row_number(request.GET.get("of", ""))
        found = dry_run(campaign, variants[0], expected=expected or EXACT)
        return render(request, "campaigns/publish_values.html", {"dry_run": found})

    def publish_links_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whether the files that the message shows can be opened: a slow server takes seconds."""
        campaign = self.own_campaign(request, pk)
        variants = variants_of(campaign)
        if blocking(findings(campaign, variants)):
            raise Http404("This campaign can't be published as it is.")
        person = example_asked(request.GET, campaign=campaign, variant=None).person
        links = links_of(variants, person=person_of(person) if person else None)
        found = findings_of(open_links(links))
        context = {
            "campaign": campaign,
            "problems": blocking(found),
            "warnings": [finding for finding in found if not finding.blocks],
            "are_opened": bool(links),
            "are_left_closed": are_left_closed(variants),
        }
        return render(request, "campaigns/publish_links.html", context)

    def example_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same message on the next person's phone, or the one before."""
        campaign = self.own_campaign(request, pk)
        variant = next(iter(variants_of(campaign)), None)
        context = {
            "campaign": campaign,
            "example": example_asked(request.GET, campaign=campaign, variant=variant),
        }
        return render(request, "campaigns/publish_example.html", context)


def _most_in_time(campaign: Campaign, *, rate: float, of: int) -> int:
    """How many of so many can leave before the campaign's end or cut-off, at best."""
    start = max(campaign.starts_at or timezone.now(), timezone.now())
    until = last_moment(campaign, start=start)
    return of if until is None else int((until - start).total_seconds() * rate)
