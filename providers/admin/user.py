"""The People page: accounts, for operators. What people may do stands in Members."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from providers.admin.audited import AuditedAdmin
from providers.admin.resetting import FORM, RESETTING
from providers.models import User
from providers.people.access import may_reset
from providers.people.passwords import held_person
from providers.views.plain_errors import PlainErrors

# Rights come from memberships alone.
admin.site.unregister(Group)


class NewPersonForm(PlainErrors, UserCreationForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = ["username", "email", "first_name", "last_name"]


class PersonForm(PlainErrors, UserChangeForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = "__all__"
        labels = {"is_superuser": "Operator"}
        help_texts = {
            "is_active": "Switch it off when somebody leaves: their work stays.",
            "is_superuser": "Sees every project, creates projects and accounts.",
        }


class OthersPasswordForm(PlainErrors, AdminPasswordChangeForm):  # type: ignore[misc]
    pass


@admin.register(User)
class PersonAdmin(AuditedAdmin, UserAdmin):  # type: ignore[type-arg]
    """Operators only: nobody else has a model permission, and the console grants none here.

    Nobody is deleted, so that it stays known who published what.
    """

    pages = RESETTING
    form = PersonForm
    change_form_template = FORM
    add_form = NewPersonForm
    change_password_form = OthersPasswordForm
    list_display = ["username", "email", "first_name", "last_name", "is_active", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    show_full_result_count = False
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        ("Person", {"fields": ["username", "password", "email", "first_name", "last_name"]}),
        ("Account", {"fields": ["is_active", "is_superuser", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"fields": ["username", "email", "first_name", "last_name", "password1", "password2"]},
        )
    ]

    audit_noun = "person"
    is_about_people = True

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> User | None:
        """Where it is saved, held: that writes the whole row, and would undo what somebody else
        changes of it meanwhile."""
        person = super().get_object(request, object_id, from_field)
        saves = request.method == "POST" and transaction.get_connection().in_atomic_block
        return held_person(person) if person is not None and saves else person

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002  # Django's
        return super().user_change_password(request, id, form_url)

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        person = self.get_object(request, object_id) if object_id else None
        return {"may_reset": person is not None and may_reset(request.user, person)}

    def audited_project(self, request: HttpRequest, obj: Any) -> None:
        """Accounts belong to the installation."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
