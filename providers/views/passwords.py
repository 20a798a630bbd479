"""Asking for a link by mail, and setting a new password with one."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget

from providers.hints import hint
from providers.network.client_address import client_place
from providers.people.passwords import held_by_link, link_tokens, people_with
from providers.people.sign_in_limits import Caller, Wait, begin, forget
from providers.tasks import mail_password_links
from providers.views.outside import show
from providers.views.plain_errors import PlainErrors, PlainForm
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.mailing import sends_mail


class ForgottenForm(PlainForm):
    email = forms.EmailField(
        label="Your e-mail address",
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "email", "autofocus": True}),
    )


class NewPasswordForm(PlainErrors, SetPasswordForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("new_password1", "new_password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget(
                attrs={"autocomplete": "new-password"}
            )


def forgotten_page(request: HttpRequest) -> HttpResponse:
    """Says the same whether there is such an account or not."""
    form = ForgottenForm(request.POST or None)
    context = {"title": "A new password", "form": form, "sends_mail": sends_mail()}
    if request.method != "POST" or not sends_mail() or not form.is_valid():
        return show(request, "providers/password_forgotten.html", context)
    email = form.cleaned_data["email"]
    asked = Caller(name=f"{email}\0forgotten", address=client_place(request.META))
    if not isinstance(begin(asked), Wait) and not hint(
        mail_password_links.name, *(person.pk for person in people_with(email))
    ):
        form.add_error(None, "No mail can be sent just now. Please try again in a few minutes.")
        return show(request, "providers/password_forgotten.html", context)
    return HttpResponseRedirect(reverse("admin:password_mailed"))


def mailed_page(request: HttpRequest) -> HttpResponse:
    return show(request, "providers/password_mailed.html", {"title": "Look into your mailbox"})


class NewPasswordPage(PasswordResetConfirmView):
    """Whoever has the link chooses a password, then signs in with it and, where set, the code."""

    template_name = "providers/password_new.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("admin:password_set")
    token_generator = link_tokens

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        user = held_by_link(form.user, self.request.session.get(INTERNAL_RESET_SESSION_TOKEN))
        if user is None:
            self.validlink = False
            return self.render_to_response(self.get_context_data())
        form.user = user
        response = super().form_valid(form)
        forget(user.get_username())
        auditing.record("person.set_a_new_password", by=Actor(user), project=None, target=user)
        return response

    def render_to_response(self, context: dict[str, Any], **_more: Any) -> HttpResponse:
        shown = {name: context.get(name) for name in ("form", "validlink")}
        return show(self.request, self.template_name, {"title": "A new password", **shown})


def set_page(request: HttpRequest) -> HttpResponse:
    return show(request, "providers/password_set.html", {"title": "Your password is set"})


def urls() -> list[URLPattern]:
    new = NewPasswordPage.as_view()
    return [
        path("password/forgotten/", never_cache(forgotten_page), name="admin_password_reset"),
        path("password/mailed/", mailed_page, name="password_mailed"),
        path("password/new/<uidb64>/<token>/", new, name="password_new"),
        path("password/set/", set_page, name="password_set"),
    ]
