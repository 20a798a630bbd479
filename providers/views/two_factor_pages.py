"""One's own second factor: switching it on with a QR code, recovery codes, switching it off."""

from typing import Any, cast

import segno
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from providers.models import Project, User
from providers.people import signing_in, two_factor
from providers.views.outside import show
from providers.views.sign_in import CodeForm
from providers.watch.actors import Actor

NAMES = ("two_factor", "two_factor_codes", "two_factor_off")


class FirstCodeForm(CodeForm):
    """The code with which somebody shows that the app has taken the key."""

    codes: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "The six digits that the app shows now."

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        self.codes = two_factor.confirm(
            two_factor.being_set_up(self._user), code, by=Actor(self._user)
        )
        if not self.codes:
            raise ValidationError(
                "This code is not right. Check that the clock of your phone sets itself, and type "
                "the newest code."
            )
        return code


def two_factor_page(request: HttpRequest) -> HttpResponse:
    """How it stands; where it is off, the QR code and a field for the first code."""
    user = cast("User", request.user)
    if two_factor.is_on(user):
        return _show_state(request, user, CodeForm(request=request, user=user))
    form = FirstCodeForm(request.POST or None, request=request, user=user)
    if request.method == "POST" and form.is_valid():
        _switched_on(request, user)
        return _show_codes(request, form.codes)
    row = two_factor.being_set_up(user)
    picture = segno.make(two_factor.setup_address(row), error="m")
    context = {
        "title": "Second factor",
        "form": form,
        "picture": picture.svg_data_uri(scale=5, border=2, light="#fff"),
        "key": two_factor.setup_key(row),
        "demanded": _demanding(user),
    }
    return show(request, "providers/two_factor_setup.html", context)


def new_codes_page(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    form = CodeForm(request.POST, request=request, user=user)
    if not form.is_valid():
        return _show_state(request, user, form)
    return _show_codes(request, two_factor.renew_recovery_codes(user, by=Actor(user)))


def off_page(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    form = CodeForm(request.POST, request=request, user=user)
    if _demanding(user) or not form.is_valid():
        return _show_state(request, user, form)
    two_factor.switch_off(user, by=Actor(user))
    messages.success(request, "Your second factor is off. Your password alone lets you in now.")
    return HttpResponseRedirect(reverse("admin:two_factor"))


def urls(site: AdminSite) -> list[URLPattern]:
    page = site.admin_view
    return [
        path("account/second-factor/", page(two_factor_page), name="two_factor"),
        path(
            "account/second-factor/codes/",
            page(require_POST(new_codes_page)),
            name="two_factor_codes",
        ),
        path("account/second-factor/off/", page(require_POST(off_page)), name="two_factor_off"),
    ]


def _switched_on(request: HttpRequest, user: User) -> None:
    """Sessions from before the second factor end, but not this one."""
    signing_in.end_sessions(user)
    update_session_auth_hash(request, user)


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    context = {"title": "Your recovery codes", "codes": codes}
    return show(request, "providers/recovery_codes.html", context)


def _show_state(request: HttpRequest, user: User, form: CodeForm) -> HttpResponse:
    context = {
        "title": "Second factor",
        "form": form,
        "left": two_factor.codes_left(user),
        "demanded": _demanding(user),
    }
    return show(request, "providers/two_factor_state.html", context)


def _demanding(user: User) -> list[Project]:
    """The person's projects in which nobody works without a second factor."""
    mine = Project.objects.filter(requires_two_factor=True, memberships__user=user)
    return list(mine.order_by("name"))
