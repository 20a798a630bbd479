"""Encryption of what a stolen database must not reveal.

Keys come from CREDENTIAL_KEYS, newest first: the first one encrypts, every one decrypts, so a key
is rotated by putting a new one in front. Nothing here knows a model.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class UnreadableSecretError(Exception):
    """None of CREDENTIAL_KEYS opens this value. The text never holds the value."""

    def __init__(self) -> None:
        super().__init__("A stored secret can't be read: CREDENTIAL_KEYS lacks the key it needs.")


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current_box() -> MultiFernet:
    return _box(tuple(settings.CREDENTIAL_KEYS))


def encrypt(plain: str) -> str:
    return _current_box().encrypt(plain.encode()).decode()


def decrypt(sealed: str) -> str:
    try:
        return _current_box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise UnreadableSecretError from None


def reencrypt(sealed: str) -> str:
    """The same secret under the newest key."""
    try:
        return _current_box().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise UnreadableSecretError from None
