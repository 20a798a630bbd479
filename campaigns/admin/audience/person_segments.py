"""Which segments somebody is in. Each rule is asked of them, so their page shows it afterwards."""

from django.http import HttpRequest, HttpResponse

from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.explaining import segments_of
from campaigns.models import Profile
from providers.admin.pages import Page


class PersonSegments(Page):
    address, name = "<int:pk>/segments/", "segments"
    related = ("project",)
    template = "campaigns/person_segments.html"

    def get(self, request: HttpRequest, profile: Profile) -> HttpResponse:
        segments = segments_of(profile, clock_of(profile.project))
        return self.part(request, profile=profile, segments=segments.items())
