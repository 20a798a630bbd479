"""How often a password, or a code of the second factor, may be tried. Nobody can be locked out.

A *place* is an address, or a browser in which the same person has signed in before. For one name
from one place there are five tries in a quarter of an hour; from one address sixty, whatever the
names. A whole /64 of IPv6 is one address: whoever has one of them has them all. For a name that is
tried from many places, each try has to wait a little longer after the last one, half a minute at
most. Known browsers do not wait, so who is being attacked still gets in.

A try is written down before the password is looked at, so that a thousand at once are counted; one
that succeeds is taken away again. Names and addresses are kept as keyed digests, for an hour.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from providers.models import SignInTry

WINDOW = timedelta(minutes=15)
KEPT = timedelta(hours=1)
TRIES_FROM_A_PLACE = 5
TRIES_FROM_AN_ADDRESS = 60
QUICK_TRIES_FOR_A_NAME = 10
LONGEST_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Caller:
    """`browser` is the mark of a browser this name has signed in with before; empty if none."""

    name: str
    address: str
    browser: str = ""

    def of_second_factor(self) -> "Caller":
        """Codes are counted apart from passwords."""
        return replace(self, name=f"{self.name}\0code")


@dataclass(frozen=True, slots=True)
class Wait:
    """No try now: so long, at most."""

    seconds: int

    def __str__(self) -> str:
        minutes = -(-self.seconds // 60)
        if self.seconds <= 60:
            return f"{self.seconds} second{'s'[: self.seconds != 1]}"
        return f"{minutes} minutes"


def begin(caller: Caller) -> SignInTry | Wait:
    """A try to be ended with `succeed`, or how long to wait. One that fails just stays."""
    now = timezone.now()
    name, address = _digest("name", caller.name.casefold()), _digest("address", caller.address)
    place = _digest("browser", caller.browser) if caller.browser else address
    with transaction.atomic():
        _one_at_a_time(name)
        late = _too_early(now, name=name, place=place, address=address, known=bool(caller.browser))
        if late is not None:
            return Wait(max(1, round((late - now).total_seconds())))
        prune()  # also where beat does not run
        return SignInTry.objects.create(name=name, place=place, address=address, at=now)


def succeed(attempt: SignInTry) -> None:
    """This name may try again from this place."""
    SignInTry.objects.filter(name=attempt.name, place=attempt.place).delete()


def prune() -> None:
    SignInTry.objects.filter(at__lt=timezone.now() - KEPT).delete()


def forget(name: str) -> None:
    """After the password was set anew."""
    SignInTry.objects.filter(name=_digest("name", name.casefold())).delete()


def _too_early(
    now: datetime, *, name: str, place: str, address: str, known: bool
) -> datetime | None:
    """When the next try may come, where it may not come now."""
    recent = SignInTry.objects.filter(at__gt=now - WINDOW)
    of_name = list(recent.filter(name=name).order_by("-at").values_list("place", "at")[:100])
    here = [at for where, at in of_name if where == place]
    if len(here) >= TRIES_FROM_A_PLACE:
        return here[TRIES_FROM_A_PLACE - 1] + WINDOW
    if known:
        return None
    of_address = list(
        recent.filter(address=address)
        .order_by("-at")
        .values_list("at", flat=True)[:TRIES_FROM_AN_ADDRESS]
    )
    if len(of_address) >= TRIES_FROM_AN_ADDRESS:
        return of_address[-1] + WINDOW
    return _end_of_pause([at for _where, at in of_name], now=now)


def _end_of_pause(tries: list[datetime], *, now: datetime) -> datetime | None:
    over = len(tries) - QUICK_TRIES_FOR_A_NAME
    if over < 0:
        return None
    pause = min(timedelta(seconds=2 ** min(over, 10)), LONGEST_PAUSE)
    return tries[0] + pause if tries[0] + pause > now else None


def _one_at_a_time(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(name[:15], 16)])


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"providers.sign_in.{kind}", value, algorithm="sha256").hexdigest()
