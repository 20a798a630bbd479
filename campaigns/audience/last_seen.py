"""When somebody was last seen: when they came in by a file or a program, or wrote to us since.

It is asked, not kept: a profile that changed with each message would be written anew with all its
indexes, and people write by the thousand.
"""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Greatest

from providers.models import Conversation


def when_wrote() -> Subquery:
    """Of the outer profile; NULL of who never did."""
    talks = Conversation.objects.filter(
        project=OuterRef("project"), match_key=OuterRef("match_key")
    )
    return Subquery(talks.values("last_inbound_at")[:1])


def last_seen() -> Greatest:
    """PostgreSQL passes NULL by."""
    return Greatest("last_seen_at", when_wrote())
