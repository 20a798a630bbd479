"""Parts of a draft's page that change while somebody writes; nothing is saved by them."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from campaigns.admin.campaigns.campaign_form import CampaignForm, section_states
from campaigns.admin.campaigns.example import example_asked
from campaigns.audience.properties import properties_of
from campaigns.models import Campaign
from campaigns.planning.preflight import findings, variants_of
from campaigns.planning.targeting import forecast, sizes_of
from providers.admin.pages import Page
from providers.models import Project, Role


class _FormPart(Page):
    role = Role.MARKETER

    def written(self, request: HttpRequest, project: Project) -> CampaignForm:
        """The form as it is typed, on a campaign that is not there yet."""
        form_class = self.admin.get_form(request)
        form = form_class(request.POST, instance=Campaign(project=project))
        form.is_valid()
        return cast("CampaignForm", form)


class SlotsPart(_FormPart):
    address, name = "parts/slots/", "slots"
    template = "campaigns/slot_rows.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = self.written(request, project)
        response = self.part(request, form=form, **listed(project), **seen(request, project, form))
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
        campaign.unsaved_category = form.version.template.category if form.version else ""
        if not campaign.has_audience:
            return self.part(request, reach=None)
        return self.part(request, reach=forecast(campaign), sizes=sizes_of(campaign))


def listed(project: Project) -> dict[str, Any]:
    """What the menus offer: all properties, or for a moment those that are dates."""
    properties = properties_of(project)
    return {"properties": properties, "dates": [one for one in properties if one.is_date]}


def seen(request: HttpRequest, project: Project, form: CampaignForm) -> dict[str, Any]:
    """What the form's content comes to: the phone, and what each section lacks."""
    known = [known.name for known in properties_of(project)]
    saved = not form.is_bound and not form.instance._state.adding
    variants = variants_of(form.instance) if saved else form.variants()
    found = findings(form.instance, variants, known_properties=known)
    by_slot: dict[str, list[Any]] = {}
    for finding in found:
        by_slot.setdefault(finding.slot, []).append(finding)
    return {
        "states": section_states(found),
        "slot_findings": [(row, by_slot.get(row.slot.key, [])) for row in form.slot_rows],
        "example": example_asked(
            request.POST, campaign=form.instance, variant=next(iter(form.variants()), None)
        ),
    }
