"""For somebody who can't get in any more: a link for a new password, and a reset second factor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from providers.admin.dialogs import RowAct
from providers.admin.pages import Page
from providers.models import Membership, User
from providers.people import two_factor
from providers.people.access import actor_of, may_reset
from providers.people.passwords import make_reset_link

FORM = "providers/member_form.html"  # has the buttons that lead here, with `may_reset`


def person_of(row: Membership | User) -> User:
    return row.user if isinstance(row, Membership) else row


class _ResetPage(Page):
    """About a row of people or of members."""

    template = "providers/member_reset.html"
    button: str

    def about(self, request: HttpRequest, **named: Any) -> Any:
        row = self.admin.get_object(request, str(named["pk"]))
        if row is None:
            raise Http404("Nobody with this number here.")
        return row

    def may_open(self, request: HttpRequest, row: Any) -> bool:
        if not self.admin.has_change_permission(request, row):
            return False
        if not may_reset(request.user, person_of(row)):
            raise PermissionDenied(
                "This person is an operator or works in projects that are not yours. Please ask "
                "your operator."
            )
        return True

    def get(self, request: HttpRequest, row: Any) -> HttpResponse:
        person = person_of(row)
        return self.show(
            request,
            title=self.title(person),
            text=self.text(person),
            button=self.button,
            person=person.get_full_name() or person.get_username(),
            back=self.admin.page_of(row),
        )

    def title(self, person: User) -> str:
        raise NotImplementedError

    def text(self, person: User) -> str:
        raise NotImplementedError


class PasswordLinkPage(_ResetPage):
    address, name = "<int:pk>/password-link/", "password_link"
    button = "Make the link"

    def post(self, request: HttpRequest, row: Any) -> HttpResponse:
        person = person_of(row)
        return self.show(
            request,
            title=self.title(person),
            link=self._link(request, row),
            person=person.get_full_name() or person.get_username(),
            back=self.admin.page_of(row),
        )

    def _link(self, request: HttpRequest, row: Any) -> str:
        project = self.admin.audited_project(request, row)
        return make_reset_link(person_of(row), by=actor_of(request), project=project)

    def title(self, person: User) -> str:
        return f"Password link for {person}"

    def text(self, person: User) -> str:
        return f"With the link {person} chooses a new password. A second factor stays as it is."


class ResetSecondFactorPage(RowAct, _ResetPage):
    address, name = "<int:pk>/reset-second-factor/", "reset_second_factor"
    button = "Reset it"

    def act(self, request: HttpRequest, row: Any) -> str:
        person = person_of(row)
        project = self.admin.audited_project(request, row)
        was_on = two_factor.reset(person, by=actor_of(request), project=project)
        return f"{person}'s second factor {'is reset' if was_on else 'was off already'}."

    def title(self, person: User) -> str:
        return f"Reset {person}'s second factor?"

    def text(self, person: User) -> str:
        return (
            f"Then {person}'s password alone lets in, until a new second factor is set up. Make "
            "sure that it is really them who ask. All their sessions end."
        )


RESETTING = (PasswordLinkPage, ResetSecondFactorPage)
