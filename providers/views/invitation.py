"""What an invited person sees: who invites to what, and one button.

The link's token goes into the session at once, so that no further request names it. A token that
opens nothing is kept nowhere: anybody can make up as many as they like.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from providers.models import Invitation, User
from providers.names.visible_names import see_all_of
from providers.people.access import SESSION_KEY
from providers.people.inviting import InvitationError, accept, accept_as_new, has_account, read
from providers.people.signing_in import come_in, remember_browser
from providers.views.outside import show
from providers.views.passwords import NewPasswordForm
from providers.views.sign_in import INVITED as TOKEN


class NewcomerForm(NewPasswordForm):
    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        validators=[see_all_of],
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "name", "autofocus": True}),
    )


def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        read(token)
    except InvitationError as error:
        return _trouble(request, error)
    request.session[TOKEN] = token
    return HttpResponseRedirect(reverse("admin:invitation_open"))


def invitation_page(request: HttpRequest) -> HttpResponse:
    try:
        invitation = read(request.session.get(TOKEN, ""))
        if request.method == "POST" and request.user.is_authenticated:
            return _join(request, invitation, request.user)
        form = _form(request, invitation)
        if request.method == "POST" and form.is_valid():
            return _join_as_new(request, invitation, form.cleaned_data)
    except InvitationError as error:
        return _trouble(request, error)
    return show(request, "providers/invitation.html", _context(invitation, form))


def urls() -> list[URLPattern]:
    return [
        path("invitation/", invitation_page, name="invitation_open"),
        path("invitation/<str:token>/", invitation_link, name="invitation"),
    ]


def _trouble(request: HttpRequest, error: InvitationError) -> HttpResponse:
    context = {"title": "Invitation", "trouble": str(error)}
    return show(request, "providers/invitation.html", context)


def _form(request: HttpRequest, invitation: Invitation) -> NewcomerForm:
    """The rules for passwords compare with the person's name and address."""
    person = User(username=invitation.email, email=invitation.email)
    return NewcomerForm(person, request.POST or None)


def _context(invitation: Invitation, form: NewcomerForm) -> dict[str, Any]:
    by = invitation.invited_by
    return {
        "title": f"Join “{invitation.project}”",
        "invitation": invitation,
        "inviter": (by.get_full_name() or by.get_username()) if by else "",
        "has_account": has_account(invitation.email),
        "form": form,
    }


def _join(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    accept(invitation, user)
    return _welcome(request, invitation)


def _join_as_new(
    request: HttpRequest, invitation: Invitation, given: dict[str, Any]
) -> HttpResponse:
    user = accept_as_new(invitation, full_name=given["full_name"], password=given["new_password1"])
    come_in(request, user)
    response = _welcome(request, invitation)
    remember_browser(request, response, user)
    return response


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session.pop(TOKEN, None)
    request.session[SESSION_KEY] = invitation.project_id
    messages.success(request, f"Welcome to “{invitation.project}”.")
    return HttpResponseRedirect(reverse("admin:index"))
