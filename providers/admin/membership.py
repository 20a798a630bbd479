"""The Members page: who works in this project, for its admins."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from providers.admin.scoping import ProjectScopedAdmin
from providers.members import MemberError, check_an_admin_stays, find_newcomer, remove_member
from providers.models import Membership, Project, Role

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


class NewMemberForm(RoleForm):
    project: Project | None = None  # set by the page

    person = forms.CharField(
        label="User name or e-mail address",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="The person needs an account here already. Your operator can make one.",
    )

    def clean_person(self) -> str:
        name: str = self.cleaned_data["person"]
        assert self.project  # noqa: S101  (the page is shown within a project only)
        try:
            self.instance.user = find_newcomer(self.project, name)
        except MemberError as error:
            raise forms.ValidationError(str(error)) from None
        return name


@admin.register(Membership)
class MembershipAdmin(ProjectScopedAdmin):
    role_to_view = role_to_add = role_to_change = role_to_delete = Role.ADMIN
    form = RoleForm
    list_display = ["person", "email", "role", "last_sign_in", "since"]
    list_select_related = ["user"]
    list_filter = ["role"]
    search_fields = ["user__username", "user__email", "user__first_name", "user__last_name"]
    ordering = ["user__username"]
    readonly_fields = ["person_shown"]

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
        return ["person_shown", "role"] if obj else ["person", "role"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewMemberForm
        return super().get_form(request, obj, change=change, **kwargs)

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
