"""The admin site itself: who is let in, what every page knows, how one changes the project."""

from functools import update_wrapper
from typing import Any, cast

from django import forms
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, URLPattern, path, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.sites import UnfoldAdminSite

from config.console.doctor_page import DOCTOR
from config.console.finding import found_page
from config.console.help_page import HELP
from config.console.mail_reports_page import MailReportsPage
from config.console.operations_page import OperationsPage
from config.console.restored_page import RestoredPage
from config.console.signed_out import is_sent_too_late, kept_for_later, refuse_nul
from providers.models import User
from providers.network.simulated import simulator_address
from providers.people.access import Access, access_of, actor_of, switch_project
from providers.people.passwords import held_person
from providers.views import invitation, passwords, two_factor_pages
from providers.views.plain_errors import PlainErrors
from providers.views.sign_in import SignInPage, code_page, sign_out_page
from providers.watch import auditing

FOUND = 302


class SwitchForm(forms.Form):
    project = forms.IntegerField()
    next = forms.CharField(required=False)


class OwnPasswordForm(PlainErrors, AdminOwnPasswordChangeForm):  # type: ignore[misc]
    pass


class Console(UnfoldAdminSite):  # type: ignore[misc]
    # Marked, since a phone leaves it out of its lists.
    empty_value_display = '<span class="kb-none-there">-</span>'

    def has_permission(self, request: HttpRequest) -> bool:
        access = access_of(request)
        return bool(access.projects) or (request.user.is_active and request.user.is_superuser)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's
        guarded = super().admin_view(view, cacheable)

        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refuse_nul(request)
            signs_out = request.path == reverse("admin:logout")
            if is_sent_too_late(request) and not signs_out:
                return kept_for_later(request)
            return guarded(request, *args, **kwargs)

        return update_wrapper(checked, guarded)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        access = access_of(request) if hasattr(request, "user") else Access()
        known = {"access": access, "simulator": simulator_address()}
        return {**super().each_context(request), **known}

    def extra_urls(self) -> list[URLPattern]:
        switch = require_POST(self.switch_project)
        return [
            path("switch-project/", self.admin_view(switch), name="switch_project"),
            path("login/code/", never_cache(code_page), name="sign_in_code"),
            *(
                page(self).place()
                for page in (*DOCTOR, RestoredPage, OperationsPage, MailReportsPage, *HELP)
            ),
            *two_factor_pages.urls(self),
            *passwords.urls(),
            *invitation.urls(),
        ]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            **self.each_context(request),
            "title": "Log in",
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            "next": request.GET.get("next", reverse("admin:index")),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return SignInPage.as_view(extra_context=context)(request)

    def logout(self, request: HttpRequest, *_context: Any, **_more: Any) -> HttpResponse:
        return sign_out_page(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with transaction.atomic():
            if request.method == "POST":
                # Of two at once with the same old password, the second finds another one.
                request.user = held_person(cast("User", request.user))
            response = self._own_password_page(request, extra_context)
            if response.status_code == FOUND:
                by = actor_of(request)
                auditing.record(
                    "person.changed_the_password", by=by, project=None, target=by.person
                )
        return response

    def _own_password_page(
        self, request: HttpRequest, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        request.current_app = self.name
        page = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return cast("HttpResponse", page(request))

    def switch_project(self, request: HttpRequest) -> HttpResponse:
        form = SwitchForm(request.POST)
        if not form.is_valid():
            raise Http404("No such project.")
        if switch_project(request, project_id=form.cleaned_data["project"]) is None:
            raise Http404("No such project.")
        return HttpResponseRedirect(_same_page_elsewhere(request, form.cleaned_data["next"]))

    def search(self, request: HttpRequest) -> HttpResponse:
        """Over everything. The theme's own keeps what it found by person, whatever the project."""
        return found_page(request)

    def app_index(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Our apps are not a word for readers: the sidebar is the map."""
        return HttpResponseRedirect(reverse("admin:index"))


def _same_page_elsewhere(request: HttpRequest, address: str) -> str:
    """The page somebody came from, if it can exist in another project too; else its list, or Home.

    A row's page can't: the row belongs to the project that was left.
    """
    home = reverse("admin:index")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return home
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return home
    if not match.kwargs:
        return address.partition("?")[0]
    model_admin = getattr(match.func, "model_admin", None)
    if model_admin is None:
        return home
    opts = model_admin.model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
