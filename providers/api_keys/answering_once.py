"""A call that comes again by the same Idempotency-Key is done once: its repeat gets the answer of
the first.

The answer commits with what the call did. What was refused, or broke, leaves nothing behind: its
repeat is judged anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.db.models.functions import Now

from providers.models import ApiAnswer, ApiKey
from providers.refusals import Refusal

KEPT = timedelta(hours=24)

RUNNING = (
    "A call with this Idempotency-Key is under way at this moment. Ask again in a second: you will "
    "get its answer."
)
ANOTHER = (
    "This Idempotency-Key was used for another call within the last 24 hours. Give each call a key "
    "of its own, and the same one to its repeats alone."
)


class RepeatRefused(Refusal):
    """Why a call is neither done nor answered as before."""

    code = "idempotency.another_call"


@dataclass(frozen=True, slots=True)
class Answered:
    """`body` is JSON."""

    status: int
    body: str
    is_repeated: bool = False


@transaction.atomic
def answer_once(key: ApiKey, name: str, *, call: str, do: Callable[[], Answered]) -> Answered:
    """`call` is a digest of what is called. Raises RepeatRefused, and whatever `do` raises."""
    if not _is_alone(key, name):
        raise RepeatRefused(RUNNING, code="idempotency.running")
    mine = ApiAnswer.objects.filter(key=key, name=name)
    known = mine.filter(at__gt=Now() - KEPT).first()
    if known is None:
        answered = do()
        mine.delete()
        ApiAnswer.objects.create(
            key=key, name=name, call=call, status=answered.status, body=answered.body
        )
        return answered
    if known.call != call:
        raise RepeatRefused(ANOTHER)
    return Answered(known.status, known.body, is_repeated=True)


def forget_old_answers() -> None:
    ApiAnswer.objects.filter(at__lte=Now() - KEPT).delete()


def _is_alone(key: ApiKey, name: str) -> bool:
    """Until the transaction ends. The number is drawn from both so that nobody finds a name that
    would lock something else."""
    digest = sha256(f"api {key.pk} {key.digest} {name}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        found: bool = cursor.fetchone()[0]
    return found
