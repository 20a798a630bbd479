"""Sending the mails that are due, one after the other.

A mail is held before it is handed over: of two workers one has it. If that one dies, it is tried
again once its time is over. Only whoever dies between handing over and writing that down sends it
twice, under one Message-ID, by which mail programs know it again.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, ReportMail
from campaigns.results.mails.campaign_letter import about_campaign
from campaigns.results.mails.letter import Letter, written
from campaigns.results.mails.planning import LATE, plan_mails
from campaigns.results.mails.weekly_letter import about_week
from providers.watch.mailing import send_mail_to, sends_mail

logger = logging.getLogger(__name__)

HOLDS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_AT_ONCE = 100
_TAKE = """
UPDATE campaigns_reportmail SET held_until = now() + %(holds)s, tries = tries + 1
WHERE id = (
    SELECT id FROM campaigns_reportmail
    WHERE sent_at IS NULL AND tries < %(most)s AND created_at > %(since)s
        AND (held_until IS NULL OR held_until < now())
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def mail_reports() -> int:
    """How many mails a mail server took. Nothing that goes wrong here reaches a campaign."""
    if not sends_mail():
        return 0
    plan_mails(now=timezone.now())
    sent = 0
    for _ in range(MOST_AT_ONCE):
        mail = take_next(since=timezone.now() - LATE)
        if mail is None:
            break
        sent += _send(mail)
    return sent


def take_next(*, since: datetime) -> ReportMail | None:
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"holds": HOLDS, "most": MOST_TRIES, "since": since}
        cursor.execute(_TAKE, given)
        row = cursor.fetchone()
    rows = ReportMail.objects.select_related(
        "campaign__project", "wish__membership__project", "wish__membership__user"
    )
    return rows.filter(pk=row[0]).first() if row else None


def _send(mail: ReportMail) -> bool:
    """A mail that can't be written waits for its next try, and holds up no other."""
    user = mail.wish.membership.user
    if not _is_wanted(mail) or not user.is_active:
        mail.delete()
        return False
    try:
        letter = _letter(mail)
    except Exception:
        logger.exception("The report mail %s could not be written", mail.pk)
        return False
    text, html = written(letter)
    taken = send_mail_to(
        user.email, subject=letter.subject, text=text, html=html, number=f"report-{mail.pk}"
    )
    if taken:
        ReportMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    return taken


def _is_wanted(mail: ReportMail) -> bool:
    """Somebody may have changed their mind since the row was written."""
    since = mail.wish.ends_since if mail.campaign else mail.wish.weekly_since
    return since is not None


def _letter(mail: ReportMail) -> Letter:
    project = mail.wish.membership.project
    where = settings.PUBLIC_BASE_URL + reverse("admin:mail_reports")
    if mail.week is not None:
        return about_week(project, mail.week, settings_at=where)
    return about_campaign(cast("Campaign", mail.campaign), settings_at=where)
