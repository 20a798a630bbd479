"""What we know of our talk with one phone: is its 24-hour window open, was it auto-replied to.

Somebody whose number WhatsApp keeps back has a conversation too: without a phone, by the id that
WhatsApp gives such a person for this business. It can be read, not answered.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from providers.models.project import Project


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def open(self, *, at: datetime) -> Self:
        """Those to whom free-form messages may be sent."""
        return self.filter(window_until__gt=at)


class Conversation(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="conversations")
    match_key = models.BigIntegerField(
        help_text="Digits by which WhatsApp's spellings are equal; without a phone, negative."
    )
    phone = models.CharField(max_length=16, blank=True)
    # WhatsApp's id of the person for this business, where it has told one.
    person_id = models.CharField(max_length=140, blank=True, default="", db_default="")
    name = models.CharField(max_length=200, blank=True)
    last_inbound_at = models.DateTimeField(null=True)
    window_until = models.DateTimeField(null=True)
    # The newest inbound message that somebody of the team has seen; newer ones are unread.
    seen_up_to = models.BigIntegerField(default=0, db_default=0)
    # Whether there are such; kept beside it, so that nobody has to count all messages.
    is_unread = models.BooleanField(default=False, db_default=False)
    auto_replied_at = models.DateTimeField(null=True)
    auto_replies_on = models.DateField(null=True)
    auto_replies_today = models.PositiveIntegerField(default=0)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "match_key"], name="one_conversation")
        ]
        indexes = [
            models.Index(fields=["project", "-last_inbound_at"], name="conversation_recent"),
            models.Index(
                fields=["project", "person_id"],
                condition=~Q(person_id=""),
                name="conversation_by_person",
            ),
            models.Index(
                fields=["project", "-last_inbound_at"],
                condition=Q(is_unread=True),
                name="conversation_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.phone or "Somebody without a number"
