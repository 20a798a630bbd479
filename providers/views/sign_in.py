"""The page with name and password, and the one with the code."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from providers.models import User
from providers.people import signing_in, two_factor
from providers.people.access import may_enter
from providers.people.sign_in_limits import Wait, begin, succeed
from providers.views.outside import show
from providers.views.plain_errors import PlainErrors, PlainForm

PENDING = "signing_in"
INVITED = "invitation"  # the session of somebody who opened one
PENDING_LASTS = timedelta(minutes=10)
TOO_MANY_REQUESTS = 429


def too_often(wait: Wait) -> ValidationError:
    return ValidationError(
        f"That was tried too often. Please wait {wait}, then try again.",
        code="too_often",
        params={"seconds": wait.seconds},
    )


class SignInForm(PlainErrors, AuthenticationForm):  # type: ignore[misc]
    error_messages = {
        "invalid_login": "This user name and password don't belong together. Please try again: "
        "small and capital letters are different.",
        "no_project": "You are not a member of any project yet. Please ask your project's admin "
        "to add you.",
    }

    def clean(self) -> Any:
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password"):
            return self.cleaned_data
        attempt = begin(signing_in.caller_of(self.request, name=name))
        if isinstance(attempt, Wait):
            raise too_often(attempt)
        try:
            cleaned = super().clean()
        except ValidationError as error:
            told = {"no_project": "Member of no project"}
            signing_in.note_failure(name, what=told.get(error.code or "", "Wrong password"))
            raise
        succeed(attempt)
        return cleaned

    def confirm_login_allowed(self, user: Any) -> None:
        if not may_enter(user) and INVITED not in self.request.session:
            raise ValidationError(self.error_messages["no_project"], code="no_project")


class SignInPage(LoginView):
    template_name = "admin/login.html"
    authentication_form = SignInForm

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.get_user()
        goal = self.get_success_url()
        if two_factor.is_on(user):
            _keep_waiting(self.request, user, goal=goal)
            return HttpResponseRedirect(reverse("admin:sign_in_code"))
        return _let_in(self.request, user, goal=goal, with_code=False)

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        _tell_to_wait(response, form)
        return response


class CodeForm(PlainForm):
    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
        help_text="The six digits that your authenticator app shows now, or one of your recovery "
        "codes.",
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request, self._user = request, user

    def clean_code(self) -> str:
        name, code = self._user.get_username(), self.cleaned_data["code"]
        caller = signing_in.caller_of(self._request, name=name)
        attempt = begin(caller.of_second_factor())
        if isinstance(attempt, Wait):
            raise too_often(attempt)
        if not two_factor.accepts(self._user, code):
            signing_in.note_failure(name, what="Wrong code")
            raise ValidationError(
                "This code is not right, or it was used already. Codes change every 30 seconds: "
                "please type the newest."
            )
        succeed(attempt)
        return str(code)


def code_page(request: HttpRequest) -> HttpResponse:
    """For somebody whose password was right, within ten minutes of it."""
    waiting = _who_waits(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("admin:login"))
    user, goal = waiting
    form = CodeForm(request.POST or None, request=request, user=user)
    if request.method == "POST" and form.is_valid():
        return _let_in(request, user, goal=goal, with_code=True)
    response = show(request, "providers/sign_in_code.html", {"title": "Your code", "form": form})
    _tell_to_wait(response, form)
    return response


def sign_out_page(request: HttpRequest) -> HttpResponse:
    """By a POST alone: no link of somebody else's signs anybody out."""
    if request.method == "POST":
        signing_in.go_out(request)
    return HttpResponseRedirect(reverse("admin:login"))


def _let_in(request: HttpRequest, user: User, *, goal: str, with_code: bool) -> HttpResponse:
    signing_in.come_in(request, user, with_code=with_code)
    request.session.pop(PENDING, None)
    response = HttpResponseRedirect(goal)
    signing_in.remember_browser(request, response, user)
    return response


def _keep_waiting(request: HttpRequest, user: User, *, goal: str) -> None:
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "goal": goal,
        "until": (timezone.now() + PENDING_LASTS).timestamp(),
    }


def _who_waits(request: HttpRequest) -> tuple[User, str] | None:
    kept = cast("dict[str, Any]", request.session.get(PENDING) or {})
    if not kept or kept["until"] < timezone.now().timestamp():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != kept["hash"]:
        return None
    goal = str(kept["goal"])
    ours = url_has_allowed_host_and_scheme(goal, allowed_hosts={request.get_host()})
    return user, goal if ours else reverse("admin:index")


def _tell_to_wait(response: HttpResponse, form: forms.Form) -> None:
    waits = [
        error.params["seconds"]
        for errors in form.errors.as_data().values()
        for error in errors
        if error.code == "too_often" and error.params
    ]
    if waits:
        response.status_code = TOO_MANY_REQUESTS
        response["Retry-After"] = str(waits[0])
