"""The second factor: an authenticator app's codes (TOTP, RFC 6238), and codes for when it is lost.

Nothing here knows a page. Limits on guessing are providers/people/sign_in_limits.py.
"""

import secrets
import time
from base64 import b32encode
from urllib.parse import quote, urlencode

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP

from providers.models import Project, RecoveryCode, TwoFactor, User
from providers.people.signing_in import end_sessions
from providers.watch import auditing
from providers.watch.actors import Actor

ISSUER = "Kabootar"
KEY_BYTES = 20
RECOVERY_CODES = 10
DIGITS = 6
_STEP = 30  # seconds
_TOLERANCE = 1  # steps before and after, for clocks that differ
# A code that was used so many steps from now was used under a clock that has been set back since.
_FAR_AHEAD = 20
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0, 1, i, l, o
_HALF = 5  # letters


def is_on(user: User) -> bool:
    return TwoFactor.objects.filter(user=user).exclude(confirmed_at=None).exists()


def being_set_up(user: User) -> TwoFactor:
    """The person's key, made now if there is none; the same until it is confirmed."""
    row, _made = TwoFactor.objects.get_or_create(
        user=user, defaults={"key": secrets.token_hex(KEY_BYTES)}
    )
    return row


def setup_key(row: TwoFactor) -> str:
    """As apps take it by hand."""
    return b32encode(bytes.fromhex(row.key)).decode()


def setup_address(row: TwoFactor) -> str:
    """What the QR code holds."""
    label = quote(f"{ISSUER}:{row.user.get_username()}")
    return f"otpauth://totp/{label}?{urlencode({'secret': setup_key(row), 'issuer': ISSUER})}"


@transaction.atomic
def confirm(row: TwoFactor, code: str, *, by: Actor) -> list[str]:
    """Switches it on. The recovery codes, to be shown once; empty if the code is not right."""
    if not _fits(row, code):
        return []
    # Of two with different codes at once, one switches it on.
    unconfirmed = TwoFactor.objects.filter(pk=row.pk, confirmed_at=None)
    if not unconfirmed.update(confirmed_at=timezone.now()):
        return []
    _audit("switched_second_factor_on", row.user, by=by)
    return _new_recovery_codes(row.user)


@transaction.atomic
def renew_recovery_codes(user: User, *, by: Actor) -> list[str]:
    """Those of before are good no more. Two at once take turns: else both would leave theirs."""
    _held(user)
    _audit("made_new_recovery_codes", user, by=by)
    return _new_recovery_codes(user)


def _new_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [f"{_letters()}-{_letters()}" for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(user, code)) for code in codes
    )
    return codes


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def accepts(user: User, code: str) -> bool:
    """Is this the app's code of now, or a recovery code? Either is good once."""
    row = TwoFactor.objects.filter(user=user).exclude(confirmed_at=None).first()
    if row is None:
        return False
    return _fits(row, code) or _uses_recovery_code(user, code)


@transaction.atomic
def switch_off(user: User, *, by: Actor) -> bool:
    """By the person; whether it was on."""
    was_on = _remove(user)
    if was_on:
        _audit("switched_second_factor_off", user, by=by)
    return was_on


@transaction.atomic
def reset(user: User, *, by: Actor, project: Project | None = None, note: str = "") -> bool:
    """For somebody who has lost it; whether it was on. All their sessions end. `project` is the one
    whose admin does it."""
    was_on = _remove(user)
    if was_on:
        end_sessions(user)
        _audit("reset_second_factor", user, by=by, project=project, note=note)
    return was_on


def _remove(user: User) -> bool:
    """Of two at once one finds it on."""
    was_on = _held(user)
    RecoveryCode.objects.filter(user=user).delete()
    TwoFactor.objects.filter(user=user).delete()
    return any(row.confirmed_at for row in was_on)


def _held(user: User) -> list[TwoFactor]:
    return list(TwoFactor.objects.select_for_update().filter(user=user))


def _audit(
    happened: str, user: User, *, by: Actor, project: Project | None = None, note: str = ""
) -> None:
    auditing.record(f"person.{happened}", by=by, project=project, target=user, note=note)


def _fits(row: TwoFactor, code: str) -> bool:
    typed = code.replace(" ", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) == DIGITS):
        return False
    totp = TOTP(bytes.fromhex(row.key), step=_STEP, digits=DIGITS)
    totp.time = time.time()
    used_up = row.last_step if row.last_step <= totp.t() + _FAR_AHEAD else 0
    if not totp.verify(int(typed), tolerance=_TOLERANCE, min_t=used_up + 1):
        return False
    # Of two who send the same code at once, one finds it used.
    step = totp.t()
    unused = Q(last_step__lt=step) | Q(last_step__gt=step + _FAR_AHEAD)
    return bool(TwoFactor.objects.filter(unused, pk=row.pk).update(last_step=step))


def _uses_recovery_code(user: User, code: str) -> bool:
    unused = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def _letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_HALF))


def _digest(user: User, code: str) -> str:
    typed = code.replace(" ", "").replace("-", "").lower()
    mine = f"{user.pk}:{typed}"
    return salted_hmac("providers.recovery_code", mine, algorithm="sha256").hexdigest()
