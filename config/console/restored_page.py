"""For operators: this database belongs to another installation; take it over?"""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from campaigns.sending.taking_over import take_over, what_is_restored
from providers.people.access import actor_of

CHOICES = ("doubt", "send")


class RestoredPage:
    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        return [path("restored/", self.site.admin_view(self.page), name="restored")]

    def page(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        if request.method == "POST":
            return self._confirm(request)
        context = {
            **self.site.each_context(request),
            "title": "Restored database",
            "restored": what_is_restored(),
        }
        return TemplateResponse(request, "kabootar/restored.html", context)

    def _confirm(self, request: HttpRequest) -> HttpResponse:
        choice = request.POST.get("queued", "")
        if choice not in CHOICES:
            messages.error(request, "Choose what becomes of the messages that are queued.")
        elif take_over(by=actor_of(request), doubts_queued=choice == "doubt"):
            messages.success(request, "This installation takes the database over.")
        else:
            messages.info(request, "That was confirmed already.")
        return HttpResponseRedirect(reverse("admin:restored"))
