"""Which reports a member wants by mail, and which of them are sent or wait to be."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.campaign import Campaign
from providers.models import Membership


class MailWish(models.Model):
    """Of one member in one project. Without a row: no mail at all."""

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, related_name="mail_wish"
    )
    # Since when; None: not wanted. What ended before that is not told any more.
    ends_since = models.DateTimeField(null=True)
    weekly_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.membership}'s mails"


class ReportMail(models.Model):
    """One mail to one member: about a campaign's end, or about the week before `week`, a Monday.
    The row stands before the mail is sent, and stays, so that nobody gets it twice."""

    wish = models.ForeignKey(MailWish, on_delete=models.CASCADE, related_name="mails")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, null=True, related_name="+")
    week = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Whose turn it is until then; afterwards it is tried again.
    held_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wish", "campaign"], name="one_mail_a_campaign"),
            models.UniqueConstraint(fields=["wish", "week"], name="one_mail_a_week"),
            models.CheckConstraint(
                condition=Q(campaign__isnull=False, week__isnull=True)
                | Q(campaign__isnull=True, week__isnull=False),
                name="mail_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name="mail_to_send")
        ]

    def __str__(self) -> str:
        return f"{self.wish}: {self.campaign or self.week}"
