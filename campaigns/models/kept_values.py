"""What was filled into a campaign's message for its person, written with the answer to it and never
changed. With the pinned version it shows what this person got, whatever becomes of them later.

Partitioned by month (migration 0022), kept SENT_KEEP_DAYS; an index on the message and no key: a
row that can't be written would take its message's result with it.
"""

from django.db import models

from campaigns.models.message import Message
from providers.models.fields import LooseForeignKey


class KeptValues(models.Model):
    # Of the database: no key but this index (docs/decisions/0019-what-was-sent-is-kept.md).
    pk = models.CompositePrimaryKey("message_id", "at", "attempt")
    message = LooseForeignKey(Message, on_delete=models.CASCADE)
    # The message's own created_at: whoever has the message knows the month to look into.
    at = models.DateTimeField()
    attempt = models.SmallIntegerField()
    # JSON as a text: nobody searches in it, and there is no text that it can't hold.
    filled = models.TextField()

    def __str__(self) -> str:
        return f"what was filled into message {self.message_id}"
