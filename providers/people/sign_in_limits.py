"""How often a password, or a code of the second factor, may be tried. Nobody can be locked out.

A *place* is an address, or a browser in which the same person has signed in before. For one name
from one place there are five tries in a quarter of an hour; from one address sixty, whatever the
names. A whole /64 of IPv6 is one address: whoever has one of them has them all. For a name that is
tried from many places, each try has to wait a little longer after the last one, half a minute at
most. Known browsers do not wait, and who comes from a neighbourhood (a /24, or a /48 of IPv6) from
which this name was hardly tried goes through the pause: so who is being attacked still gets in. One
who attacks from very many neighbourhoods has a hundred tries, and waits then.

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
TRIES_FROM_A_FRESH_NEIGHBOURHOOD = 3  # within an hour; a slip of the finger or two
FRESH_TRIES_FOR_A_NAME = 100


@dataclass(frozen=True, slots=True)
class Caller:
    """`browser` is the mark of a browser this name has signed in with before; empty if none."""

    name: str
    address: str
    browser: str = ""
    neighbourhood: str = ""

    def of_second_factor(self) -> "Caller":
        """Codes are counted apart from passwords, and nobody goes through their pause: who tries
        many has the password, and a code is short."""
        return replace(self, name=f"{self.name}\0code", neighbourhood="")


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
    attempt = _try_of(caller, at=now)
    with transaction.atomic():
        _one_at_a_time(attempt.name)
        late = _too_early(attempt, known=bool(caller.browser))
        if late is not None:
            return Wait(max(1, round((min(late, now + WINDOW) - now).total_seconds())))
        prune()  # also where beat does not run
        attempt.save()
        return attempt


def succeed(attempt: SignInTry) -> None:
    """This name may try again from this place."""
    SignInTry.objects.filter(name=attempt.name, place=attempt.place).delete()


def prune() -> None:
    SignInTry.objects.filter(at__lt=timezone.now() - KEPT).delete()


def forget(name: str) -> None:
    """After the password was set anew."""
    SignInTry.objects.filter(name=_digest("name", name.casefold())).delete()


def _try_of(caller: Caller, *, at: datetime) -> SignInTry:
    address = _digest("address", caller.address)
    return SignInTry(
        name=_digest("name", caller.name.casefold()),
        place=_digest("browser", caller.browser) if caller.browser else address,
        address=address,
        neighbourhood=caller.neighbourhood and _digest("neighbourhood", caller.neighbourhood),
        at=at,
    )


def _too_early(attempt: SignInTry, *, known: bool) -> datetime | None:
    """When this try may come, where it may not come now."""
    # Other machines' clocks may be ahead by a little. By more, only one that was set back since:
    # what it wrote before would keep somebody out for as long.
    recent = SignInTry.objects.filter(at__gt=attempt.at - WINDOW, at__lt=attempt.at + WINDOW)
    of_name = list(
        recent.filter(name=attempt.name)
        .order_by("-at")
        .values_list("place", "at")[:FRESH_TRIES_FOR_A_NAME]
    )
    here = [at for where, at in of_name if where == attempt.place]
    if len(here) >= TRIES_FROM_A_PLACE:
        return here[TRIES_FROM_A_PLACE - 1] + WINDOW
    if known:
        return None
    of_address = recent.filter(address=attempt.address).order_by("-at").values_list("at", flat=True)
    tries = list(of_address[:TRIES_FROM_AN_ADDRESS])
    if len(tries) >= TRIES_FROM_AN_ADDRESS:
        return tries[-1] + WINDOW
    late = _end_of_pause([at for _where, at in of_name], now=attempt.at)
    goes_through = late is not None and len(of_name) < FRESH_TRIES_FOR_A_NAME and _is_fresh(attempt)
    return None if goes_through else late


def _is_fresh(attempt: SignInTry) -> bool:
    """Whether its neighbourhood has hardly tried this name."""
    if not attempt.neighbourhood:
        return False
    tried = SignInTry.objects.filter(name=attempt.name, neighbourhood=attempt.neighbourhood)
    return tried.filter(at__gt=attempt.at - KEPT).count() < TRIES_FROM_A_FRESH_NEIGHBOURHOOD


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
