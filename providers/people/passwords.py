"""Links with which somebody sets a new password: good for a day, until the password changes."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from providers.models import Project, User
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.mailing import send_mail_to

TEXT = """Hello {name},

somebody, we hope you, asked for a new password for Kabootar. Choose it here within a day:

{link}

If it wasn't you, do nothing: your password stays as it is.
"""


def make_reset_link(
    user: User, *, by: Actor, project: Project | None = None, note: str = ""
) -> str:
    """By somebody else, to be handed on; `project` is the one whose admin does it."""
    auditing.record("person.made_a_password_link", by=by, project=project, target=user, note=note)
    return reset_link(user)


def reset_link(user: User) -> str:
    place = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    return f"{settings.PUBLIC_BASE_URL}{reverse('admin:password_new', kwargs=place)}"


def people_with(email: str) -> list[User]:
    """Those who may get a link at this address. Several people may share one."""
    return list(User.objects.filter(email__iexact=email.strip(), is_active=True)[:10])


def mail_reset_link(user: User) -> bool:
    """Whether it could be handed to the mail server."""
    text = TEXT.format(name=user.get_full_name() or user.get_username(), link=reset_link(user))
    return send_mail_to(user.email, subject="Your new password for Kabootar", text=text)
