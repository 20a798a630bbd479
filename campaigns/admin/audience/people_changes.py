"""Many people at once, from their list: opted out, made test profiles, erased.

Each asks first, with how many they are; nothing is done where they are another number by then.
"""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.admin.audience.people_filter import PeopleFilter, filter_of
from campaigns.audience.changing.ordering import ChangeError, change_people
from campaigns.audience.changing.undoing import undo_change
from campaigns.audience.erasing.ordering import MOST as MOST_ERASED
from campaigns.audience.erasing.ordering import ErasureError, erase
from campaigns.audience.filtering import count_or_wait, numbers_of
from campaigns.audience.segments.estimating import EstimateRefused
from campaigns.models import PeopleChange, Profile
from providers.admin.dialogs import Dialog
from providers.admin.row_numbers import row_number
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import go_to
from providers.watch.actors import Actor

SEEN = "people"  # how many they were when somebody was asked
What = PeopleChange.What


class PeopleDialog(Dialog):
    """Those ticked, or all whom the list shows."""

    template = "campaigns/people_change_dialog.html"

    def do(self, found: PeopleFilter, seen: int, by: Actor) -> str:
        """What is said afterwards. Raises Refusal."""
        raise NotImplementedError

    def shown(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        return self.asked_of(filter_of(request, about))

    def asked_of(self, found: PeopleFilter, problem: str = "") -> dict[str, Any]:
        """It asks again by itself while a worker counts."""
        number = None
        try:
            number = 0 if found.problem else count_or_wait(found.wanted, found.asked)
            is_counting = number is None
        except EstimateRefused as refusal:
            problem, is_counting = problem or str(refusal), False
        return {
            "people": found,
            "asked": found.pairs,
            "number": number,
            "is_counting": is_counting,
            "problem": problem or found.problem,
        }

    def post(self, request: HttpRequest, about: Project) -> HttpResponse:
        found = filter_of(request, about)
        try:
            if found.problem:
                raise ChangeError(found.problem)
            said = self.do(found, self.seen(request), actor_of(request))
        except Refusal as refusal:
            return self.ask(request, **self.asked_of(found, str(refusal)))
        messages.success(request, said)
        return go_to(request, f"{self.admin.list_page}?{found.address}")

    def seen(self, request: HttpRequest) -> int:
        return row_number(request.POST.get(SEEN, "")) or 0


class FlagDialog(PeopleDialog):
    role = Role.MARKETER
    what: PeopleChange.What
    is_so: str  # of those of whom it is done

    def do(self, found: PeopleFilter, seen: int, by: Actor) -> str:
        change = change_people(found.project, self.what, found.wanted.source, seen=seen, by=by)
        people = "1 person" if change.people == 1 else f"{change.people:,} people"
        if change.status == PeopleChange.Status.DONE:
            return f"{self.is_so}: {people}. You can undo it here for a week."
        return f"{people} are being changed. The list shows how far it is."


class OptOut(FlagDialog):
    address, name = "opt-out/", "opt_out"
    what = What.OPT_OUT
    title = "Opt these people out?"
    text = (
        "They get no messages any more, from campaigns that are running either, until they agree"
        " again. MSG-whatsapp becomes FALSE."
    )
    button = "Opt them out"
    is_so = "Opted out"
    is_grave = True


class MakeTests(FlagDialog):
    address, name = "make-tests/", "make_tests"
    what = What.TEST
    title = "Make these people test profiles?"
    text = (
        "Test profiles are your team: while the project is on trial, campaigns reach them alone,"
        " and the forms for tests offer them."
    )
    button = "Make them test profiles"
    is_so = "Made test profiles"


class EndTests(FlagDialog):
    address, name = "end-tests/", "end_tests"
    what = What.NO_TEST
    title = "Make these people ordinary profiles?"
    text = "They are no test profiles any more."
    button = "Make them ordinary profiles"
    is_so = "Made ordinary profiles"


class NumberForm(PlainForm):
    """An erasure asks for the number of people, typed."""

    people = forms.CharField(
        label="Type how many people they are",
        max_length=20,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "inputmode": "numeric"}),
    )


class EraseMany(PeopleDialog):
    address, name = "erase/", "erase_many"
    role = Role.ADMIN
    template = "campaigns/people_erase_dialog.html"
    title = "Erase these people?"
    button = "Erase for good"
    is_grave = True

    def asked_of(self, found: PeopleFilter, problem: str = "") -> dict[str, Any]:
        asked = super().asked_of(found, problem)
        if (asked["number"] or 0) > MOST_ERASED and not asked["problem"]:
            asked["problem"] = f"At most {MOST_ERASED:,} people are erased at once. Filter them."
        return {**asked, "form": NumberForm(), "is_too_many": (asked["number"] or 0) > MOST_ERASED}

    def seen(self, request: HttpRequest) -> int:
        return row_number(re.sub(r"[\s,.]", "", request.POST.get(SEEN, ""))) or 0

    def do(self, found: PeopleFilter, seen: int, by: Actor) -> str:
        numbers = numbers_of(found.wanted, most=MOST_ERASED + 1)
        if len(numbers) <= MOST_ERASED and len(numbers) != seen:
            raise ErasureError(
                f"They are {len(numbers):,}. Type this number if you mean all of them."
            )
        people = Profile.objects.filter(pk__in=numbers)
        erasure = erase(found.project, people, by=by)
        are = "1 person is" if erasure.people == 1 else f"{erasure.people:,} people are"
        return f"{are} being erased. The list shows how far it is."


class UndoChange(Dialog):
    address, name = "undo/", "undo"
    role = Role.MARKETER
    template = "campaigns/people_undo_dialog.html"
    title = "Undo this change?"
    button = "Undo it"

    def shown(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        return {"change": _change_of(request.GET.get("change", ""), about)}

    def act(self, request: HttpRequest, about: Project) -> str:
        change = _change_of(request.POST.get("change", ""), about)
        if change is None:
            raise ChangeError("This can't be undone any more.", code="people_change.final")
        undone = undo_change(change, by=actor_of(request))
        if undone.status == PeopleChange.Status.UNDONE:
            return "It is undone. Whom somebody else has changed meanwhile keeps that."
        return "It is being undone. The list shows how far it is."

    def back(self, request: HttpRequest, about: Project) -> str:
        return self.admin.list_page


PEOPLE_CHANGES = (OptOut, MakeTests, EndTests, EraseMany, UndoChange)


def _change_of(text: str, project: Project) -> PeopleChange | None:
    changes = PeopleChange.objects.filter(project=project, is_final=False)
    return changes.filter(pk=row_number(text) or 0).select_related("project").first()
