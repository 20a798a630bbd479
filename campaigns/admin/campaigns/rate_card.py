"""A project's rate cards: those that were put up, a new one, and what one says."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from unfold.widgets import UnfoldAdminDateWidget

from campaigns.models import RateCard
from campaigns.planning.rate_cards import card_on, put_up
from campaigns.planning.reading_rates import LARGEST, TOO_LARGE, RateCardError, Rates, read_rates
from providers.admin.pages import Page
from providers.admin.read_only import ReadOnlyPage
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.phones.country_names import NAMES
from providers.views.plain_errors import PlainForm


class RateCardForm(PlainForm):
    file = forms.FileField(
        label="CSV file",
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv", "class": "ki-file"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "max_length": "The file's name is too long. Rename it and choose it again.",
        },
    )
    valid_from = forms.DateField(
        label="Valid from",
        widget=UnfoldAdminDateWidget(attrs={"autocomplete": "off"}),
        help_text="Campaigns that go out from that day on are counted by it. Until then, and where "
        "the file can't be read, the card before it stays.",
    )

    def clean_file(self) -> Rates:
        try:
            return read_rates(self.cleaned_data["file"].read(LARGEST + 1))
        except RateCardError as refused:
            raise forms.ValidationError(str(refused)) from None


class PutUpPage(Page):
    address, name = "add/", "add"
    role = Role.ADMIN
    template = "campaigns/rate_card_add.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        today = timezone.now().astimezone(ZoneInfo(project.time_zone)).date()
        return self._ask(request, RateCardForm(initial={"valid_from": today}))

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        if getattr(request, "upload_is_too_large", False):  # stopped while it came in
            messages.error(request, TOO_LARGE)
            return HttpResponseRedirect(request.path)
        form = RateCardForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._ask(request, form)
        given = form.cleaned_data
        card = put_up(project, given["file"], valid_from=given["valid_from"], by=actor_of(request))
        messages.success(request, f"The rate card is put up: {card}.")
        return HttpResponseRedirect(self.admin.page_of(card))

    def _ask(self, request: HttpRequest, form: RateCardForm) -> HttpResponse:
        media = self.admin.media + form.media
        return self.show(request, title="Put up a rate card", form=form, media=media)


class CardPage(ReadOnlyPage):
    template = "campaigns/rate_card.html"

    def title(self, card: RateCard) -> str:
        return f"Rate card: {card}"

    def shown(self, request: HttpRequest, card: RateCard) -> dict[str, Any]:
        prices = [
            (NAMES.get(country, country), category.capitalize(), price)
            for country, by_category in card.prices.items()
            for category, price in by_category.items()
        ]
        today = timezone.localdate()
        holds = card_on(card.project_id, today) == card
        return {"card": card, "prices": sorted(prices), "holds": holds, "today": today}


@admin.register(RateCard)
class RateCardAdmin(ProjectScopedAdmin):
    """Project admins put them up; who plans a campaign looks at them."""

    pages = (PutUpPage, CardPage)
    role_to_add = Role.ADMIN
    role_to_change = None
    actions = None
    sortable_by = ()
    audit_noun = "rate_card"
    change_list_template = "campaigns/rate_card_list.html"
    list_display = ["card", "countries", "made_at"]
    ordering = ["-valid_from", "-pk"]

    class Media:
        css: ClassVar = {"all": ["campaigns/campaigns.css", "campaigns/import.css"]}

    @admin.display(description="Rate card")
    def card(self, card: RateCard) -> str:
        return str(card)

    @admin.display(description="Countries")
    def countries(self, card: RateCard) -> int:
        return len(card.prices)
