"""Field types of our own, and what several of our fields hold."""

from typing import TYPE_CHECKING, Any

from django.db import models

from providers.names.visible_names import see_all_of
from providers.secrets.encryption import decrypt, encrypt

LONGEST_NETWORK = 43  # an IPv6 network


class EncryptedField(models.TextField):  # type: ignore[type-arg]
    """Text that the database holds encrypted; Python sees the plain value. Not searchable."""

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> str | None:
        return encrypt(str(value)) if value else value


if TYPE_CHECKING:
    # The checker knows what Django's own leads to.
    LooseForeignKey = models.ForeignKey
    NameField = models.CharField
else:

    class NameField(models.CharField):
        """What somebody has called a thing of theirs: forms refuse signs that nobody sees in it.
        Acts that take a name from elsewhere ask `hidden_in`. To migrations it is Django's own."""

        default_validators = (see_all_of,)

        def deconstruct(self) -> Any:
            name, _path, args, kwargs = super().deconstruct()
            return name, "django.db.models.CharField", args, kwargs

    class LooseForeignKey(models.ForeignKey):
        """Of a table that is written very often, or has very many rows: PostgreSQL does not
        check it, and keeps no index of it alone. What deletes the other row sees to this one.

        To migrations it is Django's own, so that they see no change."""

        def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
            loose = {"db_constraint": False, "db_index": False, "related_name": "+"}
            super().__init__(to, on_delete, **{**loose, **kwargs})

        def deconstruct(self) -> Any:
            name, _path, args, kwargs = super().deconstruct()
            return name, "django.db.models.ForeignKey", args, kwargs

        def clone(self) -> Any:
            _name, _path, args, kwargs = self.deconstruct()
            return models.ForeignKey(*args, **kwargs)
