from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from providers.models.fields import NameField


class User(AbstractUser):
    """A person who signs in. What they may do stands in their memberships."""

    first_name = NameField("first name", max_length=150, blank=True)
    last_name = NameField("last name", max_length=150, blank=True)
    sessions_number = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised to end all sessions of this person."
    )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session holds and must still fit, else it ends: the password and the number."""
        return salted_hmac(
            "providers.User.sessions",
            f"{self.password}:{self.sessions_number}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()
