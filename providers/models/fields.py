"""Field types of our own, and what several of our fields hold."""

from typing import Any

from django.db import models

from providers.secrets.encryption import decrypt, encrypt

LONGEST_NETWORK = 43  # an IPv6 network


class EncryptedField(models.TextField):  # type: ignore[type-arg]
    """Text that the database holds encrypted; Python sees the plain value. Not searchable."""

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> str | None:
        return encrypt(str(value)) if value else value
