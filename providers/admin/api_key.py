"""The API keys of a project, for its admins: which there are, a new one, and revoking one."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from providers.admin.api_key_form import ApiKeyForm
from providers.admin.dialogs import Dialog
from providers.admin.pages import Page
from providers.admin.pills import pill
from providers.admin.read_only import ReadOnlyPage
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.short_time import short_time
from providers.api_keys.makers import maker_now, with_makers
from providers.api_keys.making import make_key, revoke
from providers.models import ApiKey, KeyState, Project, Role, User
from providers.people import two_factor
from providers.people.access import actor_of
from providers.views.sign_in import CodeForm

COLOURS = {KeyState.WORKS: "green", KeyState.ENDED: "grey", KeyState.REVOKED: "grey"}


class MakeKeyPage(Page):
    """Whoever has a second factor gives a code anew: a session that was left open makes none."""

    address, name = "add/", "add"
    role = Role.ADMIN
    template = "providers/api_key_make.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self._ask(request, ApiKeyForm(), _code_form(request))

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form, code = ApiKeyForm(request.POST), _code_form(request)
        # A code is good once, so it is looked at when all else is right.
        if not form.is_valid() or (code is not None and not code.is_valid()):
            return self._ask(request, form, code)
        given = form.cleaned_data
        made = make_key(
            project,
            name=given["name"],
            scopes=given["may"],
            networks=given["only_from"],
            expires_at=timezone.now() + given["lasts"] if given["lasts"] else None,
            sends_a_day=given["sends_a_day"],
            by=actor_of(request),
        )
        page = self.show(
            request, "providers/api_key_made.html", title="Your new API key", made=made
        )
        page["Cache-Control"] = "no-store"
        return page

    def _ask(self, request: HttpRequest, form: ApiKeyForm, code: CodeForm | None) -> HttpResponse:
        return self.show(request, title="Make an API key", form=form, code_form=code)


def _code_form(request: HttpRequest) -> CodeForm | None:
    user = cast("User", request.user)
    if not two_factor.is_on(user):
        return None
    return CodeForm(request.POST or None, request=request, user=user)


class RevokeKey(Dialog):
    address, name = "<int:pk>/revoke/", "revoke"
    role = Role.ADMIN
    title = "Revoke this key?"
    text = "Whatever uses it is refused from the next call on. A revoked key never works again."
    button = "Revoke it"
    is_grave = True

    def act(self, request: HttpRequest, key: ApiKey) -> str:
        revoke(key, by=actor_of(request))
        return f"“{key}” is revoked: calls with it are refused."


class KeyPage(ReadOnlyPage):
    role = Role.ADMIN
    template = "providers/api_key.html"

    def shown(self, request: HttpRequest, key: ApiKey) -> dict[str, Any]:
        state = key.state(at=timezone.now())
        return {
            "key": key,
            "maker_now": maker_now(key),
            "state": _pill(state),
            "may_revoke": state != KeyState.REVOKED,
        }


@admin.register(ApiKey)
class ApiKeyAdmin(ProjectScopedAdmin):
    pages = (MakeKeyPage, KeyPage, RevokeKey)
    role_to_view = role_to_add = Role.ADMIN
    role_to_change = None
    actions = None
    sortable_by = ()
    audit_noun = "api_key"
    change_list_template = "providers/api_key_list.html"
    list_display = ["name", "key", "state", "may", "made_by", "last_used", "ends"]
    ordering = ["-pk"]
    search_fields = ["name"]
    search_help_text = "A key's name"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_makers(super().get_queryset(request))

    @admin.display(description="Key")
    def key(self, key: ApiKey) -> str:
        return key.shown

    @admin.display(description="State")
    def state(self, key: ApiKey) -> str:
        return _pill(key.state(at=timezone.now()))

    @admin.display(description="May")
    def may(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="Made by", empty_value="–")
    def made_by(self, key: ApiKey) -> str | None:
        maker = key.created_by
        if maker is None:
            return None
        name, now = maker.get_full_name() or maker.get_username(), maker_now(key)
        return f"{name}, {now}" if now else name

    @admin.display(description="Last used", empty_value="Never")
    def last_used(self, key: ApiKey) -> str | None:
        return short_time(key.last_used_at) or None

    @admin.display(description="Ends", empty_value="Not by itself")
    def ends(self, key: ApiKey) -> str | None:
        return short_time(key.expires_at) or None


def _pill(state: KeyState) -> str:
    return pill(COLOURS[state], state.label)
