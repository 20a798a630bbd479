"""Passwords are hashed one after the other, in each process.

Argon2 takes 100 MiB for each, on purpose, so that guessing costs a thief as much. Whoever sends a
name and a password to the sign-in page makes us spend it, too: as many at once as there are threads
would take more memory than a container has. It works on all processors anyway, so that in turn is
no slower.
"""

from threading import Lock

from django.contrib.auth.hashers import Argon2PasswordHasher

_turn = Lock()


class Argon2InTurn(Argon2PasswordHasher):
    def encode(self, password: str, salt: str) -> str:
        with _turn:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turn:
            return super().verify(password, encoded)
