"""Settling what is in doubt by hand: for project admins, by a POST from a confirming dialog."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from campaigns.models import Campaign, Message
from campaigns.sending.settling import Doubts, SettlingError, assume_sent, send_again
from providers.admin.scoping import ProjectScopedAdmin
from providers.people.access import actor_of


@dataclass(frozen=True, kw_only=True)
class Choice:
    name: str
    title: str
    text: str
    button: str
    said: str
    is_dangerous: bool
    act: Callable[..., int]


CHOICES = (
    Choice(
        name="assume_sent",
        title="Count what is in doubt as sent?",
        text="Choose this when Gupshup's own reports show that it left. Nobody gets anything by "
        "it. A delivery report that comes later still corrects each message.",
        button="Assume sent",
        said="Counted as sent: {}.",
        is_dangerous=False,
        act=assume_sent,
    ),
    Choice(
        name="send_again",
        title="Send what is in doubt once more?",
        text="Choose this when you know from Gupshup that it did not leave. Whoever has got it "
        "after all gets it twice.",
        button="Send again",
        said="Going out once more: {}.",
        is_dangerous=True,
        act=send_again,
    ),
)


class _Doubts(ProjectScopedAdmin):
    """`doubts_of` names them; `page_of` is where the person goes on."""

    def get_urls(self) -> list[URLPattern]:
        kind = self.opts.model_name
        return [
            *(
                path(
                    f"<int:pk>/{choice.name}/",
                    self.admin_site.admin_view(partial(self._settle_view, choice=choice)),
                    name=f"campaigns_{kind}_{choice.name}_now",
                )
                for choice in CHOICES
            ),
            *super().get_urls(),
        ]

    def _settle_view(self, request: HttpRequest, pk: int, *, choice: Choice) -> HttpResponse:
        row: Any = self.own_row(request, pk)
        if not self.access(request).can_administer:
            raise PermissionDenied
        if request.method == "POST":
            return self._settle(request, row, choice)
        context = {"choice": choice, "project_id": row.project_id}
        return render(request, "campaigns/doubts_dialog.html", context)

    def _settle(self, request: HttpRequest, row: Any, choice: Choice) -> HttpResponse:
        try:
            settled = choice.act(self.doubts_of(row), by=actor_of(request))
        except SettlingError as error:
            messages.warning(request, str(error))
        else:
            number = "1 message" if settled == 1 else f"{settled:,} messages"
            messages.success(request, choice.said.format(number))
        page = f"admin:campaigns_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(page, args=[row.pk]))

    def doubts_of(self, row: Any) -> Doubts:
        raise NotImplementedError


class CampaignDoubts(_Doubts):
    def doubts_of(self, row: Campaign) -> Doubts:
        return Doubts(project=row.project, campaign=row)


class MessageDoubts(_Doubts):
    def doubts_of(self, row: Message) -> Doubts:
        return Doubts(project=row.project, messages=[row])
