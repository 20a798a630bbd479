"""Replay: a callback, or all that failed, processed once more by a POST from a dialog."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from callbacks.models import ReceiptState
from callbacks.models.receipt import ReceiptQuerySet
from callbacks.receipts.replaying import replay
from providers.admin.scoping import ProjectScopedAdmin
from providers.people.access import actor_of

LIST = "admin:callbacks_receipt_changelist"
PAGE = "admin:callbacks_receipt_change"


class ReplayPage(ProjectScopedAdmin):
    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        return [
            path("replay/", page(self.replay_failed_view), name="callbacks_receipt_replay_failed"),
            path("<int:pk>/replay/", page(self.replay_view), name="callbacks_receipt_replay"),
            *super().get_urls(),
        ]

    def may_replay(self, request: HttpRequest) -> bool:
        return self.access(request).can_change

    def replay_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        receipts: Any = self.get_queryset(request).filter(pk=pk)
        if not receipts.exists():
            raise Http404("No such callback in this project.")
        return self._answer(request, receipts, back=reverse(PAGE, args=[pk]), what="this callback")

    def replay_failed_view(self, request: HttpRequest) -> HttpResponse:
        failed: Any = self.get_queryset(request).filter(state=ReceiptState.FAILED)
        return self._answer(request, failed, back=reverse(LIST), what="all failed callbacks")

    def _answer(
        self, request: HttpRequest, receipts: ReceiptQuerySet, *, back: str, what: str
    ) -> HttpResponse:
        """GET shows the dialog, POST does what it says."""
        if not self.may_replay(request):
            raise PermissionDenied
        if request.method != "POST":
            context = {"what": what, "project": self.project(request)}
            return render(request, "callbacks/replay_dialog.html", context)
        replayed = replay(receipts, by=actor_of(request))
        one = replayed == 1
        said = f"{replayed} {'callback is' if one else 'callbacks are'} being processed again."
        messages.success(request, said)
        return HttpResponseRedirect(back)
