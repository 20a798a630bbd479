"""The Members page: who works in this project, for its admins."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminRadioSelectWidget

from providers.admin.pages import Page
from providers.admin.resetting import FORM, RESETTING
from providers.admin.scoping import ProjectScopedAdmin
from providers.api_keys.makers import still_working, working_keys_of
from providers.models import ApiKey, Invitation, Membership, Project, Role
from providers.people.access import actor_of, may_reset
from providers.people.inviting import InvitationError, Invited, invite, withdraw
from providers.people.members import MemberError, change_role, check_an_admin_stays, remove_member
from providers.views.plain_errors import PlainModelForm
from providers.views.site_pages import Act
from providers.watch.auditing import changes_of
from providers.watch.mailing import sends_mail

ROLES = [
    (Role.VIEWER, "Viewer: may look at everything, and change nothing"),
    (Role.MARKETER, "Marketer: connects Gupshup, makes templates, audiences and campaigns, sends"),
    (Role.ADMIN, "Project admin: all of that, and members and project settings"),
]


class _ChoosingRole(PlainModelForm):
    role = forms.ChoiceField(
        choices=ROLES, initial=Role.MARKETER, widget=UnfoldAdminRadioSelectWidget
    )


class RoleForm(_ChoosingRole):
    class Meta:
        model = Membership
        fields = ["role"]

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if self.instance.pk and role != Role.ADMIN:
            try:
                check_an_admin_stays(self.instance)
            except MemberError as error:
                raise forms.ValidationError(str(error)) from None
        return role


class InvitationForm(_ChoosingRole):
    class Meta:
        model = Invitation
        fields = ["email", "role"]
        widgets = {"email": UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"})}
        labels = {"email": "E-mail address"}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._project = project

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if self._project.memberships.filter(user__email__iexact=email).exists():
            raise forms.ValidationError(
                "Somebody with this address is a member already: change the role in the list."
            )
        return email


class InvitePage(Page):
    """Nobody is added who has not agreed: people are invited."""

    address, name = "add/", "add"
    role = Role.ADMIN
    template = "providers/invite.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = InvitationForm(project=project)
        return self.show(request, title="Invite somebody", form=form)

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = InvitationForm(request.POST, project=project)
        invited = self._invited(request, project, form) if form.is_valid() else None
        if invited is None:
            return self.show(request, title="Invite somebody", form=form)
        shown = {"invited": invited, "sends_mail": sends_mail()}
        return self.show(request, "providers/invited.html", title="Invited", **shown)

    def _invited(
        self, request: HttpRequest, project: Project, form: InvitationForm
    ) -> Invited | None:
        """Or None, with the reason in the form."""
        given = form.cleaned_data
        try:
            return invite(project, email=given["email"], role=given["role"], by=actor_of(request))
        except InvitationError as refused:
            form.add_error("email", str(refused))
        return None


class WithdrawInvitation(Act, Page):
    address, name = "<int:pk>/withdraw/", "withdraw"
    role = Role.ADMIN

    def about(self, request: HttpRequest, **named: Any) -> Invitation:
        rows = Invitation.objects.filter(project=self.project(request))
        invitation = rows.filter(pk=named["pk"]).first()
        if invitation is None:
            raise Http404("No such invitation in this project.")
        return invitation

    def act(self, request: HttpRequest, invitation: Invitation) -> str:
        withdraw(invitation, by=actor_of(request))
        return "The invitation is withdrawn: its link works no more."

    def back(self, request: HttpRequest, invitation: Invitation) -> str:
        return self.admin.list_page


@admin.register(Membership)
class MembershipAdmin(ProjectScopedAdmin):
    pages = (InvitePage, WithdrawInvitation, *RESETTING)
    role_to_view = role_to_add = role_to_change = role_to_delete = Role.ADMIN
    audited_by_acts = ("changed", "deleted")
    delete_refusals = (MemberError,)
    form = RoleForm
    change_form_template = FORM
    list_display = ["person", "email", "role", "second_factor", "last_sign_in", "since"]
    list_select_related = ["user__two_factor"]
    list_filter = ["role"]
    search_fields = ["user__username", "user__email", "user__first_name", "user__last_name"]
    ordering = ["user__username"]
    readonly_fields = ["person_shown", "second_factor"]
    change_list_template = "providers/member_list.html"

    @admin.display(description="Person", ordering="user__username")
    def person(self, membership: Membership) -> str:
        return membership.user.get_full_name() or membership.user.get_username()

    @admin.display(description="Person")
    def person_shown(self, membership: Membership) -> str:
        return f"{self.person(membership)} · {membership.user.email or 'no e-mail address'}"

    @admin.display(description="E-mail", ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.display(description="Last sign-in", ordering="user__last_login", empty_value="Never")
    def last_sign_in(self, membership: Membership) -> Any:
        return membership.user.last_login

    @admin.display(description="Member since", ordering="created_at")
    def since(self, membership: Membership) -> Any:
        return membership.created_at

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["person_shown", "role", "second_factor"]

    @admin.display(description="Second factor")
    def second_factor(self, membership: Membership) -> str:
        row = getattr(membership.user, "two_factor", None)
        return "On" if row is not None and row.confirmed_at else "Off"

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        waiting = Invitation.objects.open(at=timezone.now()).filter(project=self.project(request))
        return {"invitations": waiting.order_by("-pk")[:100]}

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        row = self.get_object(request, object_id) if object_id else None
        return {
            "may_reset": row is not None and may_reset(request.user, row.user),
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.own_row(request, object_id, "user")
        context = {"working_keys": self._working_keys(row), **(extra_context or {})}
        return super().delete_view(request, object_id, context)

    def save_model(
        self, request: HttpRequest, obj: Membership, form: RoleForm, change: bool
    ) -> None:
        change_role(obj, Role(obj.role), by=actor_of(request), changes=changes_of(form))
        if obj.role != Role.ADMIN:
            self._tell_of_keys(request, obj)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_member(obj, by=actor_of(request))
        self._tell_of_keys(request, obj)

    def _tell_of_keys(self, request: HttpRequest, membership: Membership) -> None:
        if words := still_working(self._working_keys(membership)):
            messages.warning(request, words)

    @staticmethod
    def _working_keys(membership: Membership) -> list[ApiKey]:
        return working_keys_of(membership.user, membership.project, at=timezone.now())

    def response_change(self, request: HttpRequest, obj: Membership) -> HttpResponse:
        return self._leave(request, obj) or super().response_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(request, f"{obj_display} is not a member any more.")
        return self._leave(request) or HttpResponseRedirect(self.list_page)

    def _leave(
        self, request: HttpRequest, membership: Membership | None = None
    ) -> HttpResponse | None:
        """To Home, for admins who have just taken their own rights away."""
        role = Membership.objects.filter(project=self.project(request), user=request.user.pk)
        if request.user.is_superuser or role.filter(role=Role.ADMIN).exists():
            return None
        if membership:
            messages.success(request, f"You are now: {membership.get_role_display()}.")
        return HttpResponseRedirect(reverse("admin:index"))
