"""The Members page: who works in this project, for its admins."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminRadioSelectWidget

from providers.admin.resetting import ResettingAdmin
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Invitation, Membership, Project, Role, User
from providers.people.inviting import invite, withdraw
from providers.people.members import MemberError, check_an_admin_stays, remove_member
from providers.views.outside import show
from providers.watch.mailing import sends_mail

ROLES = [
    (Role.VIEWER, "Viewer: may look at everything, and change nothing"),
    (Role.MARKETER, "Marketer: connects Gupshup, makes templates, audiences and campaigns, sends"),
    (Role.ADMIN, "Project admin: all of that, and members and project settings"),
]


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    role = forms.ChoiceField(
        choices=ROLES, initial=Role.MARKETER, widget=UnfoldAdminRadioSelectWidget
    )

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


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    role = forms.ChoiceField(
        choices=ROLES, initial=Role.MARKETER, widget=UnfoldAdminRadioSelectWidget
    )

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


@admin.register(Membership)
class MembershipAdmin(ResettingAdmin, ProjectScopedAdmin):
    role_to_view = role_to_add = role_to_change = role_to_delete = Role.ADMIN
    form = RoleForm
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

    def person_of(self, row: Membership) -> User:
        return row.user

    def get_urls(self) -> list[URLPattern]:
        withdraw_now = self.admin_site.admin_view(require_POST(self.withdraw_view))
        return [
            path("<int:pk>/withdraw/", withdraw_now, name="providers_membership_withdraw"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        waiting = Invitation.objects.open(at=timezone.now()).filter(project=self.project(request))
        context = {"invitations": waiting.order_by("-pk")[:100], **(extra_context or {})}
        return super().changelist_view(request, context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Nobody is added who has not agreed: people are invited."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        project = self.project(request)
        form = InvitationForm(request.POST or None, project=project)
        if request.method != "POST" or not form.is_valid():
            context = {"title": "Invite somebody", "form": form, "opts": self.opts}
            return show(request, "providers/invite.html", context)
        given = form.cleaned_data
        by = cast("User", request.user)
        invited = invite(project, email=given["email"], role=given["role"], by=by)
        context = {"title": "Invited", "invited": invited, "sends_mail": sends_mail()}
        return show(request, "providers/invited.html", {**context, "opts": self.opts})

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        invitation = Invitation.objects.filter(project=self.project(request), pk=pk).first()
        if invitation is None:
            raise Http404("No such invitation in this project.")
        withdraw(invitation, by=cast("User", request.user))
        messages.success(request, "The invitation is withdrawn: its link works no more.")
        return HttpResponseRedirect(reverse("admin:providers_membership_changelist"))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().changeform_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except MemberError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(
                reverse("admin:providers_membership_change", args=[object_id])
            )

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_member(obj)

    def response_change(self, request: HttpRequest, obj: Membership) -> HttpResponse:
        return self._leave(request, obj) or super().response_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(request, f"{obj_display} is not a member any more.")
        return self._leave(request) or HttpResponseRedirect(
            reverse("admin:providers_membership_changelist")
        )

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
