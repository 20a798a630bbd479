"""Mailing a project's admins when an incident is opened, once.

An incident that ends and comes back within the hour is not mailed again. The mail names the
project and the trouble; it holds no phone, no person and no secret.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from providers.models import Incident, Project, Role, User
from providers.watch.mailing import send_mail_to, sends_mail
from providers.watch.turns import in_turns

QUIET = timedelta(hours=1)
TEXT = """Something needs you in the Kabootar project “{project}”:

{what}.
{detail}

It is shown, and counted while it lasts, at
{link}

This mail comes once. The incident ends by itself when its cause is gone.
"""


def mail_new() -> int:
    """How many incidents were mailed. One that no mail server took is tried again next time."""
    if not sends_mail():
        return 0
    return sum(_mail(incident) for incident in _due().select_related("project")[:100])


def _due() -> QuerySet[Incident]:
    before = Incident.objects.filter(
        project=OuterRef("project"),
        kind=OuterRef("kind"),
        mailed_at__gte=timezone.now() - QUIET,
    )
    return in_turns(Incident.objects.open().filter(~Exists(before), mailed_at=None), "project")


def _mail(incident: Incident) -> bool:
    """Marked first: of two tasks at once one sends it, and a crash costs a mail, not two."""
    mine = Incident.objects.filter(pk=incident.pk, mailed_at=None)
    if not mine.update(mailed_at=timezone.now()):
        return False
    addresses = _admins_of(incident.project)
    sent = [_send(incident, address) for address in addresses]
    if addresses and not any(sent):
        Incident.objects.filter(pk=incident.pk).update(mailed_at=None)
    return any(sent)


def _admins_of(project: Project) -> list[str]:
    admins = User.objects.filter(
        memberships__project=project, memberships__role=Role.ADMIN, is_active=True
    )
    return sorted(set(admins.exclude(email="").values_list("email", flat=True)))


def _send(incident: Incident, address: str) -> bool:
    text = TEXT.format(
        project=incident.project,
        what=incident.get_kind_display(),
        detail=incident.detail,
        link=settings.PUBLIC_BASE_URL + reverse("admin:providers_incident_changelist"),
    )
    subject = f"{incident.project}: {incident.get_kind_display()}"
    return send_mail_to(address, subject=subject, text=text)
