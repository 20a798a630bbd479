"""How many messages a key may send in a day: so a program that goes wrong is stopped by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from providers.models import ApiKey
from providers.refusals import Refusal

SPENT = (
    "This key may send {most:,} messages a day, and {left:,} {are} left today: none of this call "
    "was sent. A new day begins at midnight in {zone}."
)
SENDS_ALONE = (
    "This key may send so many messages a day and no more, so it neither publishes nor resumes "
    "campaigns. Use a key without that limit."
)


class SendsRefused(Refusal):
    code = "key.day_spent"


def spend_sends(key: ApiKey, many: int) -> None:
    """In the caller's transaction: what is taken back was not sent. Calls of one key at once take
    turns. Raises SendsRefused."""
    if key.sends_a_day is None or not many:
        return
    today = _today(key)
    sent = Case(When(sent_on=today, then=F("sent_today")), default=Value(0)) + many
    within = ApiKey.objects.filter(pk=key.pk).annotate(then_sent=sent)
    within = within.filter(then_sent__lte=F("sends_a_day"))
    if not within.update(sent_on=today, sent_today=sent):
        left = _left(ApiKey.objects.get(pk=key.pk), today)
        zone = key.project.time_zone
        are = "is" if left == 1 else "are"
        raise SendsRefused(SPENT.format(most=key.sends_a_day, left=left, are=are, zone=zone))


@contextmanager
def spending(key: ApiKey, many: int) -> Iterator[None]:
    """Around an act that stands in a transaction of its own: so many are spent with it, or it is
    taken back. Raises SendsRefused."""
    if key.sends_a_day is None:
        yield
        return
    with transaction.atomic():
        yield
        spend_sends(key, many)


def check_sets_going(key: ApiKey) -> None:
    """Raises SendsRefused."""
    if key.sends_a_day is not None:
        raise SendsRefused(SENDS_ALONE, code="key.sends_alone")


def _left(key: ApiKey, today: date) -> int:
    sent = key.sent_today if key.sent_on == today else 0
    return max((key.sends_a_day or 0) - sent, 0)


def _today(key: ApiKey) -> date:
    now: datetime = timezone.now()
    return now.astimezone(ZoneInfo(key.project.time_zone)).date()
