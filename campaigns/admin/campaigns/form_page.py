"""The page of a draft: its four sections, what is missing in each, the live phone and reach."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from campaigns.admin.campaigns.campaign_form import CampaignForm, section_states
from campaigns.admin.campaigns.example import example_asked
from campaigns.admin.campaigns.own_campaign import page_of
from campaigns.audience.properties import properties_of
from campaigns.models import Audience, Campaign
from campaigns.planning.drafting import DraftError, save_draft
from campaigns.planning.preflight import Lack, findings, lack_of, variants_of
from campaigns.planning.targeting import forecast
from providers.admin.scoping import ProjectScopedAdmin
from providers.people.access import actor_of
from providers.watch.auditing import changes_of

LEADS = {
    Lack.PROVIDER: (
        "admin:providers_provider_changelist",
        "Connect Gupshup first: a campaign goes out through your account there.",
    ),
    Lack.TEMPLATE: (
        "admin:templates_app_template_changelist",
        "You need an approved template first: it is what a campaign sends.",
    ),
}


class FormPage(ProjectScopedAdmin):
    audited_by_acts = ("added", "changed")
    form = CampaignForm
    fields = [*CampaignForm.Meta.fields]
    change_form_template = "campaigns/campaign_form.html"
    warn_unsaved_form = True

    def get_urls(self) -> list[URLPattern]:
        def part(name: str, view: Any) -> Any:
            guarded = self.admin_site.admin_view(require_POST(view))
            return path(f"parts/{name}/", guarded, name=f"campaigns_campaign_{name}")

        return [
            part("slots", self.slots_view),
            part("preview", self.preview_view),
            part("reach", self.reach_view),
            *super().get_urls(),
        ]

    # Parts of the page that change while somebody writes; nothing is saved by them. --------------

    def slots_view(self, request: HttpRequest) -> HttpResponse:
        form = self._written(request)
        context = {"form": form, **self._listed(request), **self._seen(request, form)}
        response = render(request, "campaigns/slot_rows.html", context)
        response["HX-Trigger-After-Swap"] = "slots-changed"
        return response

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        form = self._written(request)
        context = {"form": form, "is_part": True, **self._seen(request, form)}
        return render(request, "campaigns/preview_part.html", context)

    def reach_view(self, request: HttpRequest) -> HttpResponse:
        form = self._written(request)
        is_chosen = form.instance.audience != Audience.NOT_CHOSEN
        context = {"reach": forecast(form.instance) if is_chosen else None}
        return render(request, "campaigns/reach.html", context)

    def _written(self, request: HttpRequest) -> CampaignForm:
        """The form as it is typed, on a campaign that is not there yet."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form_class = self.get_form(request)
        form = form_class(request.POST, instance=Campaign(project=self.project(request)))
        form.is_valid()
        return cast("CampaignForm", form)

    def _listed(self, request: HttpRequest) -> dict[str, Any]:
        """What the menus offer: all properties, or for a moment those that are dates."""
        properties = properties_of(self.project(request))
        return {"properties": properties, "dates": [one for one in properties if one.is_date]}

    def _seen(self, request: HttpRequest, form: CampaignForm) -> dict[str, Any]:
        """What the form's content comes to: the phone, and what each section lacks."""
        known = [known.name for known in properties_of(self.project(request))]
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

    # The page itself -----------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        lack = lack_of(self.project(request))
        if lack and request.method == "GET" and self.has_add_permission(request):
            page, sentence = LEADS[lack]
            messages.info(request, sentence)
            return HttpResponseRedirect(reverse(page))
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DraftError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:campaigns_campaign_changelist"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        form = context["adminform"].form
        context["form"] = form
        context.update(self._listed(request), **self._seen(request, form))
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Campaign, form: CampaignForm, change: bool
    ) -> None:
        if not change:
            obj.project = self.project(request)
        save_draft(
            obj,
            template=form.cleaned_data["template"],
            values=form.values(),
            by=actor_of(request),
            changes=changes_of(form),
        )

    def response_add(
        self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None
    ) -> HttpResponse:
        return _after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        return _after_saving(request, obj)


def _after_saving(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    if "_publish" in request.POST:
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_publish", args=[campaign.pk]))
    messages.success(request, f"The draft “{campaign}” is saved.")
    return HttpResponseRedirect(page_of(campaign))
