"""For operators: this database belongs to another installation; take it over?"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaigns.sending.taking_over import take_over, what_is_restored
from providers.people.access import actor_of
from providers.views.site_pages import OperatorPage

CHOICES = ("doubt", "send")


class RestoredPage(OperatorPage):
    address, name = "restored/", "restored"
    template = "kabootar/restored.html"

    def get(self, request: HttpRequest, about: None) -> HttpResponse:
        return self.show(request, title="Restored database", restored=what_is_restored())

    def post(self, request: HttpRequest, about: None) -> HttpResponse:
        choice = request.POST.get("queued", "")
        if choice not in CHOICES:
            messages.error(request, "Choose what becomes of the messages that are queued.")
        elif take_over(by=actor_of(request), doubts_queued=choice == "doubt"):
            messages.success(request, "This installation takes the database over.")
        else:
            messages.info(request, "That was confirmed already.")
        return HttpResponseRedirect(reverse("admin:restored"))
