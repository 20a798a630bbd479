"""Links with which somebody sets a new password: good for a day, until the password changes.

One that was made for somebody else ends with the right to make it: else an admin who was removed
comes back as a member, and one whose member has joined another project comes in there.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from providers.models import Project, User
from providers.people.access import may_reset
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.mailing import send_mail_to

TEXT = """Hello {name},

somebody, we hope you, asked for a new password for Kabootar. Choose it here within a day:

{link}

If it wasn't you, do nothing: your password stays as it is.
"""


class _TokensOf(PasswordResetTokenGenerator):
    """Of links that this person makes for others."""

    key_salt = "providers.password_link"

    def __init__(self, maker: User) -> None:
        super().__init__()
        self._maker = maker

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{self._maker.pk} {super()._make_hash_value(user, timestamp)}"


class LinkTokens(PasswordResetTokenGenerator):
    """Who made it for somebody else stands behind the dot of its token."""

    def make_token_by(self, maker: User, user: User) -> str:
        return f"{_TokensOf(maker).make_token(user)}.{maker.pk}"

    def check_token(self, user: Any, token: str | None) -> bool:
        token, by_somebody, number = (token or "").partition(".")
        if not by_somebody:
            return super().check_token(user, token)
        maker = _person(number)
        if user is None or maker is None or not may_reset(maker, user):
            return False
        return _TokensOf(maker).check_token(user, token)


def _person(number: str) -> User | None:
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return User.objects.filter(pk=int(number)).first() if is_number else None


link_tokens = LinkTokens()


def held_by_link(user: User, token: str | None) -> User | None:
    """Their row, held until the transaction ends; None where the link is not good any more. Of two
    who use it at once the second finds it used."""
    held = held_person(user)
    return held if link_tokens.check_token(held, token) else None


def held_person(user: User) -> User:
    """As they are now, and until the transaction ends: a password is saved with the whole row."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def make_reset_link(
    user: User, *, by: Actor, project: Project | None = None, note: str = ""
) -> str:
    """By somebody else, to be handed on; `project` is the one whose admin does it."""
    auditing.record("person.made_a_password_link", by=by, project=project, target=user, note=note)
    if by.person is None:
        return reset_link(user)
    return _link(user, link_tokens.make_token_by(by.person, user))


def reset_link(user: User) -> str:
    """For the person, or for who has the server."""
    return _link(user, link_tokens.make_token(user))


def _link(user: User, token: str) -> str:
    place = {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": token}
    return f"{settings.PUBLIC_BASE_URL}{reverse('admin:password_new', kwargs=place)}"


def people_with(email: str) -> list[User]:
    """Those who may get a link at this address. Several people may share one."""
    return list(User.objects.filter(email__iexact=email.strip(), is_active=True)[:10])


def mail_reset_link(user: User) -> bool:
    """Whether it could be handed to the mail server."""
    text = TEXT.format(name=user.get_full_name() or user.get_username(), link=reset_link(user))
    return send_mail_to(user.email, subject="Your new password for Kabootar", text=text)
