"""Who does something: a person, a program by an API key, or Kabootar by itself.

An act takes an Actor as `by` and hands it to the audit log. It never asks what the actor may do:
that is the door's question. Why so: docs/decisions/0015-acts-say-who-acts.md.
"""

from dataclasses import dataclass
from typing import Self

from providers.models import ApiKey, AuditEntry, User


@dataclass(frozen=True, slots=True)
class Actor:
    """`person` goes into the columns that keep who it was; None for programs, which are known by
    their `key`, and for Kabootar itself."""

    person: User | None
    key: ApiKey | None = None

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls(entry.by, entry.key)

    @property
    def is_system(self) -> bool:
        return self.person is None and self.key is None

    @property
    def name(self) -> str:
        """For people to read: “Paused by Asha Rao.”"""
        if self.key is not None:
            return f"the API key “{self.key}”"
        if self.person is None:
            return "Kabootar"
        return self.person.get_full_name() or self.person.get_username()


SYSTEM = Actor(person=None)
