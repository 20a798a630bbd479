"""The page of a draft: its four sections, what is missing in each, the live phone and reach."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaigns.admin.campaigns.campaign_form import CampaignForm
from campaigns.admin.campaigns.form_parts import listed, seen
from campaigns.admin.campaigns.keep_part import CONTINUE, continued, place_of
from campaigns.models import Campaign
from campaigns.planning.approvals import BACK_TO_DRAFT, returned_request
from campaigns.planning.drafting import DraftError, save_draft
from campaigns.planning.preflight import Lack, lack_of
from providers.admin.pages import AddPage
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Project, Provider
from providers.people import unsaved
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


class NewCampaignPage(AddPage):
    """The empty form, for a project that has what a campaign needs."""

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        if lack := lack_of(project):
            page, sentence = LEADS[lack]
            messages.info(request, sentence)
            return HttpResponseRedirect(reverse(page))
        return self.form(request)


class DraftAdmin(ProjectScopedAdmin):
    """The form's half of the campaigns' admin."""

    audited_by_acts = ("added", "changed")
    save_refusals = (DraftError,)
    form = CampaignForm
    fields = [*CampaignForm.Meta.fields]
    change_form_template = "campaigns/campaign_form.html"
    warn_unsaved_form = True

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if request.method != "GET" or CONTINUE not in request.GET:
            return form
        left = unsaved.kept(place_of(request, self.project(request), obj))
        return continued(form, left.form) if left and left.form else form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        form = context["adminform"].form
        context["form"] = form
        project = self.project(request)
        context.update(listed(project, form), **seen(request, project, form))
        stored = form.instance if form.instance.pk else None
        left = None if form.is_bound else unsaved.kept(place_of(request, project, stored))
        context["left"] = left
        context["returned"] = returned_request(stored) if stored else None
        context["provider"] = Provider.objects.filter(project=project).first()
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Campaign, form: CampaignForm, change: bool
    ) -> None:
        if not change:
            obj.project = self.project(request)
        place = place_of(request, obj.project, obj if change else None)
        waited = save_draft(
            obj,
            variants=form.written(),
            by=actor_of(request),
            changes=changes_of(form),
        )
        unsaved.forget(place)
        if waited:
            messages.warning(request, BACK_TO_DRAFT)

    def response_add(
        self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        if "_publish" in request.POST:
            return HttpResponseRedirect(reverse("admin:campaigns_campaign_publish", args=[obj.pk]))
        if "_try" in request.POST:
            return HttpResponseRedirect(reverse("admin:campaigns_campaign_try", args=[obj.pk]))
        messages.success(request, f"The draft “{obj}” is saved.")
        return HttpResponseRedirect(self.page_of(obj))
