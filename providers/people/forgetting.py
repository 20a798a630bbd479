"""What is over by itself and would lie there for ever: sessions that have run out, old tries."""

from django.contrib.sessions.backends.db import SessionStore

from providers.people import sign_in_limits


def forget_old_sign_ins() -> None:
    SessionStore.clear_expired()
    sign_in_limits.prune()
