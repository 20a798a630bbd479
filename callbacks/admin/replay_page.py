"""Replay: a callback, or all that failed, processed once more by a POST from a dialog."""

from typing import Any

from django.http import HttpRequest

from callbacks.models import Receipt, ReceiptState
from callbacks.receipts.replaying import replay
from providers.admin.dialogs import Dialog
from providers.models import Project, Role
from providers.people.access import actor_of


class _Replay(Dialog):
    role = Role.MARKETER
    text = "What was applied before is not applied twice."
    button = "Replay"

    def act(self, request: HttpRequest, about: Any) -> str:
        replayed = replay(self.receipts(about), by=actor_of(request))
        are = "callback is" if replayed == 1 else "callbacks are"
        return f"{replayed} {are} being processed again."

    def receipts(self, about: Any) -> Any:
        raise NotImplementedError


class ReplayOne(_Replay):
    address, name = "<int:pk>/replay/", "replay"
    title = "Process this callback again?"

    def receipts(self, receipt: Receipt) -> Any:
        return Receipt.objects.filter(pk=receipt.pk)


class ReplayFailed(_Replay):
    address, name = "replay/", "replay_failed"
    title = "Process all failed callbacks again?"

    def receipts(self, project: Project) -> Any:
        return Receipt.objects.filter(project=project, state=ReceiptState.FAILED)

    def back(self, request: HttpRequest, project: Project) -> str:
        return self.admin.list_page
