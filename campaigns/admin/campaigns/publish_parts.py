"""Parts of the last page that take a moment: they are counted and looked at apart from it."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.admin.campaigns.approval_pages import approval_shown
from campaigns.admin.campaigns.dates_shown import dates_shown
from campaigns.admin.campaigns.example import example_asked, examples_asked
from campaigns.admin.campaigns.occasion_shown import occasion_shown
from campaigns.admin.campaigns.variant_rows import few_tested, rows_of
from campaigns.models import Campaign, Variant
from campaigns.planning.cost import cost_of
from campaigns.planning.finishing import finish_of
from campaigns.planning.goals import goal_in_words
from campaigns.planning.opening_links import are_left_closed, findings_of, links_of, open_links
from campaigns.planning.own_times import goes_by_own_times
from campaigns.planning.planned_dates import leaves_at
from campaigns.planning.preflight import blocking, findings, variants_of
from campaigns.planning.previewing import person_of
from campaigns.results.number_limit import room_for
from campaigns.results.speed import duration_words, rate_of
from campaigns.running.counting_reach import counted_reach
from campaigns.running.publishing import fingerprint
from providers.admin.pages import Page
from providers.models import Provider, Role, User


class PublishReach(Page):
    """Among a million people it takes a moment."""

    address, name = "<int:pk>/publish/reach/", "publish_reach"
    role = Role.MARKETER
    template = "campaigns/publish_reach.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        variants = _sendable_variants(campaign)
        counted = counted_reach(campaign, variants)
        if counted is None:
            return self.part(request, campaign=campaign, is_counting=True)
        reach = counted.reach
        provider = Provider.objects.get(project=campaign.project_id)
        rate = rate_of(campaign, provider_rate=provider.rate)
        return self.part(
            request,
            campaign=campaign,
            variant=variants[0],
            variant_rows=rows_of(campaign, variants, reach),
            few_tested=few_tested(campaign, reach),
            provider=provider,
            reach=reach,
            sizes=counted.sizes,
            as_of=counted.as_of,
            without_evidence=counted.without_evidence,
            left_out=reach.total - reach.to_send,
            is_later=leaves_at(campaign) > timezone.now(),
            own_time=goes_by_own_times(campaign),
            **dates_shown(campaign),
            goal=goal_in_words(campaign),
            **occasion_shown(campaign),
            cost=cost_of(campaign, variants, reach),
            room=room_for(provider, people=reach.to_send, at=leaves_at(campaign)),
            duration=duration_words(reach.to_send / rate),
            finish=finish_of(campaign, reach, rate=rate),
            seen=fingerprint(campaign, variants),
            **approval_shown(campaign, cast("User", request.user)),
        )


class PublishValues(Page):
    """Who would be left out because of their values."""

    address, name = "<int:pk>/publish/values/", "publish_values"
    role = Role.MARKETER
    template = "campaigns/publish_values.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        variants = _sendable_variants(campaign)
        counted = counted_reach(campaign, variants)
        if counted is None:
            return self.part(request, campaign=campaign, is_counting=True)
        return self.part(request, dry_runs=counted.values)


class PublishLinks(Page):
    """Whether the files that the message shows can be opened: a slow server takes seconds."""

    address, name = "<int:pk>/publish/links/", "publish_links"
    role = Role.MARKETER
    template = "campaigns/publish_links.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        variants = _sendable_variants(campaign)
        person = example_asked(request.GET, campaign=campaign, variants=[]).person
        links = links_of(variants, person=person_of(person) if person else None)
        found = findings_of(open_links(links))
        return self.part(
            request,
            campaign=campaign,
            problems=blocking(found),
            warnings=[finding for finding in found if not finding.blocks],
            are_opened=bool(links),
            are_left_closed=are_left_closed(variants),
        )


class PublishExample(Page):
    """The same messages on the next person's phone, or the one before: one of each variant."""

    address, name = "<int:pk>/publish/example/", "publish_example"
    role = Role.MARKETER
    template = "campaigns/publish_example.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        variants = variants_of(campaign)
        examples = examples_asked(request.GET, campaign=campaign, variants=variants)
        return self.part(request, campaign=campaign, examples=examples)


PUBLISH_PARTS = (PublishReach, PublishValues, PublishLinks, PublishExample)


def _sendable_variants(campaign: Campaign) -> list[Variant]:
    variants = variants_of(campaign)
    if blocking(findings(campaign, variants)):
        raise Http404("This campaign can't be published as it is.")
    return variants
