"""Where a member says which reports they want by mail, in the project that is open."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaigns.models import MailWish
from campaigns.results.mails.wishing import wish_for
from providers.models import Membership, Project
from providers.people.access import actor_of
from providers.views.site_pages import SitePage
from providers.watch.mailing import sends_mail

PAGE = "admin:mail_reports"
NOT_A_MEMBER = (
    "Mails go to members of a project, and you are none of this one: nothing was changed."
)


class MailReportsPage(SitePage):
    """Everybody sets their own; nobody sets another's."""

    address, name = "mail-reports/", "mail_reports"
    template = "kabootar/mail_reports.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        membership = _membership(request, project)
        wish = MailWish.objects.filter(membership=membership).first() if membership else None
        return self.show(
            request,
            title="Mail reports",
            project=project,
            membership=membership,
            wish=wish,
            sends_mail=sends_mail(),
        )

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        membership = _membership(request, project)
        if membership is None:
            messages.warning(request, NOT_A_MEMBER)
            return HttpResponseRedirect(reverse(PAGE))
        ends, weekly = (name in request.POST for name in ("ends", "weekly"))
        wish_for(membership, ends=ends, weekly=weekly, by=actor_of(request))
        messages.success(request, _said(ends=ends, weekly=weekly))
        return HttpResponseRedirect(reverse(PAGE))


def _membership(request: HttpRequest, project: Project) -> Membership | None:
    return Membership.objects.filter(project=project, user=request.user.pk).first()


def _said(*, ends: bool, weekly: bool) -> str:
    return "Saved: these reports come by mail." if ends or weekly else "Saved: no mails come."
