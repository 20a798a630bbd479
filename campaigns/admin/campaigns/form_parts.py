"""Parts of a draft's page that change while somebody writes; nothing is saved by them."""

from collections.abc import Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, QueryDict

from campaigns.admin.campaigns.campaign_form import (
    CampaignForm,
    section_states,
    wrongly_typed,
)
from campaigns.admin.campaigns.dates_shown import dates_shown
from campaigns.admin.campaigns.example import example_asked
from campaigns.admin.campaigns.folds import folds_of
from campaigns.admin.campaigns.occasion_form import WHEN_LIVE
from campaigns.admin.campaigns.occasion_shown import occasion_shown
from campaigns.admin.campaigns.schedule_form import OWN_FIELDS
from campaigns.admin.campaigns.variant_cards import (
    most_by,
    with_another,
    with_enough,
    without,
)
from campaigns.admin.campaigns.variant_rows import few_tested, rows_of
from campaigns.audience.properties import properties_of, properties_of_event
from campaigns.models import Campaign, Decision, Variant
from campaigns.planning.cost import cost_of
from campaigns.planning.preflight import findings, variants_of
from campaigns.planning.rate_cards import has_card
from campaigns.planning.targeting import forecast, sizes_of
from campaigns.planning.variants import category_of
from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.models import Project, Role


class _FormPart(Page):
    role = Role.MARKETER

    def written(
        self, request: HttpRequest, project: Project, data: QueryDict | None = None
    ) -> CampaignForm:
        """The form as it is typed, or with other data, on a campaign that is not there yet."""
        form_class = self.admin.get_form(request)
        form = form_class(data or request.POST, instance=Campaign(project=project))
        form.is_valid()
        return cast("CampaignForm", form)


class SlotsPart(_FormPart):
    """The cards of the variants: with another one, with one less, or with other templates."""

    address, name = "parts/slots/", "slots"
    template = "campaigns/variant_cards.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        data = _rearranged(request.POST).copy()
        data.setdefault("decision", Decision.FIRST)  # a test begins with it
        form = self.written(request, project, data)
        shown = {**listed(project, form), **seen(request, project, form)}
        response = self.part(request, form=form, **shown)
        response["HX-Trigger-After-Swap"] = "slots-changed"
        return response


class PreviewPart(_FormPart):
    address, name = "parts/preview/", "preview"
    template = "campaigns/preview_part.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = self.written(request, project)
        return self.part(request, form=form, is_part=True, **seen(request, project, form))


class ReachPart(_FormPart):
    address, name = "parts/reach/", "reach"
    template = "campaigns/reach.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = self.written(request, project)
        campaign = form.instance
        campaign.unsaved_category = category_of(form.variants())
        if not campaign.has_audience:
            return self.part(request, reach=None)
        variants = form.variants()
        is_priced = _is_priced(campaign, variants)
        reach = forecast(campaign, variants, by_country=is_priced)
        return self.part(
            request,
            reach=reach,
            is_priced=is_priced and reach.to_send,
            cost=cost_of(campaign, variants, reach) if is_priced else None,
            days=campaign.recurs,
            sizes=sizes_of(campaign),
            variant_rows=rows_of(campaign, variants, reach),
            few_tested=few_tested(campaign, reach),
        )


def _is_priced(campaign: Campaign, variants: Sequence[Variant]) -> bool:
    """Nobody knows how often a live one goes out, nor what a message without a template costs."""
    return bool(variants) and not campaign.is_live and has_card(campaign.project_id)


class DatesPart(_FormPart):
    """Of one that recurs: its days in a sentence, and the next of them; or what is wrong."""

    address, name = "parts/dates/", "dates"
    template = "campaigns/dates.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = self.written(request, project)
        wrong = [words for name in OWN_FIELDS for words in form.errors.get(name, ())]
        return self.part(request, wrong=wrong, **dates_shown(form.instance))


class GoalPart(_FormPart):
    """What belongs to the goal: its event decides which properties there are."""

    address, name = "parts/goal/", "goal"
    template = "campaigns/goal_part.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = self.written(request, project)
        form.forgive()
        return self.part(request, form=form, is_part=True)


class OccasionPart(_FormPart):
    """Of a live one: conditions of the event that sets it off, or of the one that averts it. What
    is not filled in yet is no mistake yet."""

    address, name = "parts/occasion/", "occasion"
    template = "campaigns/event_rows.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        side = "unless" if request.GET.get("side") == "unless" else "did"
        form = self.written(request, project)
        rows = form.unless_rows if side == "unless" else form.did_rows
        return self.part(
            request,
            asks=f"{request.path}?side={side}",
            target=f"{side}-rows",
            rows=rows,
            legend=form[f"{side}_where"].label,
        )


class OccasionWordsPart(_FormPart):
    """What sets it off, in sentences."""

    address, name = "parts/occasion-words/", "occasion_words"
    template = "campaigns/occasion_words.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self.part(request, **occasion_shown(self.written(request, project).instance))


def listed(project: Project, form: CampaignForm) -> dict[str, Any]:
    """What the menus offer: all properties, or for a moment those that are dates. In a live one
    also what is known of its event."""
    properties = properties_of(project)
    dates = [one for one in properties if one.is_date]
    if form.typed("when") == WHEN_LIVE and (event := form.did_name):
        names = {name for name, _ in form.event_called(event).properties}
        properties = [*properties_of_event(event, names), *properties]
    return {"properties": properties, "dates": dates}


def seen(request: HttpRequest, project: Project, form: CampaignForm) -> dict[str, Any]:
    """What the form's content comes to: the phone, and what each section lacks."""
    known = [known.name for known in properties_of(project)]
    saved = not form.is_bound and not form.instance._state.adding
    variants = variants_of(form.instance) if saved else form.variants()
    found = findings(form.instance, variants, known_properties=known)
    found += wrongly_typed(form)
    by_slot: dict[tuple[int, str], list[Any]] = {}
    for finding in found:
        by_slot.setdefault((finding.position, finding.slot), []).append(finding)
    return {
        "states": section_states(found),
        "folds": folds_of(form),
        "cards": [
            (
                card,
                [(row, by_slot.get((card.position, row.slot.key), [])) for row in card.slot_rows],
            )
            for card in form.cards
        ],
        "example": example_asked(request.POST, campaign=form.instance, variants=form.variants()),
        "variants": form.variants(),
        "most_variants": most_by(form.typed("variants_by")),
    }


def _rearranged(data: QueryDict) -> QueryDict:
    if "another_variant" in data:
        return with_another(data)
    if "without_variant" in data:
        return without(data, row_number(data.get("without_variant", "")))
    return with_enough(data)
