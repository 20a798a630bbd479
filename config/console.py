"""The admin site itself: who is let in, what every page knows, how one changes the project."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, URLPattern, path, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from providers.access import Access, Person, access_of, projects_of, switch_project


def may_enter(user: Person) -> bool:
    """Operators and everybody who is a member of a project; Django's is_staff plays no part."""
    return user.is_active and (user.is_superuser or projects_of(user).exists())


class SignInForm(AuthenticationForm):  # type: ignore[misc]
    error_messages = {
        "invalid_login": "This user name and password don't belong together. Please try again: "
        "small and capital letters are different.",
        "inactive": "This account is switched off. Please ask your project's admin.",
        "no_project": "You are not a member of any project yet. Please ask your project's admin "
        "to add you.",
    }

    def confirm_login_allowed(self, user: Any) -> None:
        if not user.is_active:
            raise ValidationError(self.error_messages["inactive"], code="inactive")
        if not may_enter(user):
            raise ValidationError(self.error_messages["no_project"], code="no_project")


class SwitchForm(forms.Form):
    project = forms.IntegerField()
    next = forms.CharField(required=False)


class Console(UnfoldAdminSite):  # type: ignore[misc]
    login_form = SignInForm
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        access = access_of(request)
        return bool(access.projects) or (request.user.is_active and request.user.is_superuser)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        access = access_of(request) if hasattr(request, "user") else Access()
        return {**super().each_context(request), "access": access}

    def extra_urls(self) -> list[URLPattern]:
        switch = require_POST(self.switch_project)
        return [path("switch-project/", self.admin_view(switch), name="switch_project")]

    def switch_project(self, request: HttpRequest) -> HttpResponse:
        form = SwitchForm(request.POST)
        if not form.is_valid():
            raise Http404("No such project.")
        if switch_project(request, project_id=form.cleaned_data["project"]) is None:
            raise Http404("No such project.")
        return HttpResponseRedirect(_same_page_elsewhere(request, form.cleaned_data["next"]))

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
