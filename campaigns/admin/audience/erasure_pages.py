"""What is kept of a person: all of it as a file, and none of it any more."""

from django.http import HttpRequest, HttpResponse

from campaigns.audience.erasing.ordering import erase
from campaigns.audience.erasing.telling import export_everything
from campaigns.models import Profile
from providers.admin.dialogs import Dialog
from providers.admin.pages import Page
from providers.models import Role
from providers.people.access import actor_of


class EverythingPage(Page):
    address, name = "<int:pk>/everything/", "everything"
    role = Role.MARKETER
    related = ("project",)

    def get(self, request: HttpRequest, profile: Profile) -> HttpResponse:
        return HttpResponse(
            export_everything(profile, by=actor_of(request)),
            content_type="application/json; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="person-{profile.pk}.json"'},
        )


class ErasePage(Dialog):
    address, name = "<int:pk>/erase/", "erase"
    role = Role.ADMIN
    template = "campaigns/erase_dialog.html"
    title = "Erase this person?"
    button = "Erase for good"
    is_grave = True

    def act(self, request: HttpRequest, profile: Profile) -> str:
        people = Profile.objects.filter(pk=profile.pk)
        erase(self.project(request), people, by=actor_of(request))
        return "This person is being erased. It takes a few seconds."

    def back(self, request: HttpRequest, profile: Profile) -> str:
        return self.admin.list_page


ERASURE_PAGES = (EverythingPage, ErasePage)
