"""For somebody who can't get in any more: a link for a new password, and a reset second factor."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from providers.admin.audited import AuditedAdmin
from providers.models import User
from providers.people import two_factor
from providers.people.access import may_reset
from providers.people.passwords import reset_link
from providers.people.signing_in import end_sessions
from providers.views.outside import show


class ResettingAdmin(AuditedAdmin):
    """Mixed into pages of people; `person_of` says whom a row is about."""

    change_form_template = "providers/member_form.html"

    def person_of(self, row: Any) -> User:
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        page = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/password-link/",
                page(self.password_link_view),
                name=f"{name}_password_link",
            ),
            path(
                "<int:pk>/reset-second-factor/",
                page(self.reset_second_factor_view),
                name=f"{name}_reset_second_factor",
            ),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        may = row is not None and may_reset(request.user, self.person_of(row))
        context = {"may_reset": may, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def password_link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, person = self._resettable(request, pk)
        context = self._about(row, person, title=f"Password link for {person}")
        if request.method == "POST":
            self.record(request, person, "made_a_password_link", noun="person")
            context["link"] = reset_link(person)
        context["text"] = (
            f"With the link {person} chooses a new password. A second factor stays as it is."
        )
        return show(request, "providers/member_reset.html", {**context, "button": "Make the link"})

    def reset_second_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, person = self._resettable(request, pk)
        context = self._about(row, person, title=f"Reset {person}'s second factor?")
        if request.method == "POST":
            return self._reset(request, person, back=context["back"])
        context["text"] = (
            f"Then {person}'s password alone lets in, until a new second factor is set up. Make "
            "sure that it is really them who ask. All their sessions end."
        )
        return show(request, "providers/member_reset.html", {**context, "button": "Reset it"})

    def _reset(self, request: HttpRequest, person: User, *, back: str) -> HttpResponse:
        with transaction.atomic():
            was_on = two_factor.remove(person)
            if was_on:
                end_sessions(person)
                self.record(request, person, "reset_second_factor", noun="person")
        said = "is reset" if was_on else "was off already"
        messages.success(request, f"{person}'s second factor {said}.")
        return HttpResponseRedirect(back)

    def _resettable(self, request: HttpRequest, pk: int) -> tuple[Any, User]:
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404("Nobody with this number here.")
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        person = self.person_of(row)
        if not may_reset(request.user, person):
            raise PermissionDenied(
                "This person is an operator or works in projects that are not yours. Please ask "
                "your operator."
            )
        return row, person

    def _about(self, row: Any, person: User, *, title: str) -> dict[str, Any]:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return {
            "title": title,
            "person": person.get_full_name() or person.get_username(),
            "back": reverse(name, args=[row.pk]),
            "opts": self.opts,
        }
