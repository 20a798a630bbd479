"""Who does something: a person, or Kabootar by itself.

An act takes an Actor as `by` and hands it to the audit log. It never asks what the actor may do:
that is the door's question. Why so: docs/decisions/0015-acts-say-who-acts.md.
"""

from dataclasses import dataclass

from providers.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """`person` goes into the columns that keep who it was; None for Kabootar itself."""

    person: User | None

    @property
    def is_system(self) -> bool:
        return self.person is None

    @property
    def name(self) -> str:
        """For people to read: “Paused by Asha Rao.”"""
        if self.person is None:
            return "Kabootar"
        return self.person.get_full_name() or self.person.get_username()


SYSTEM = Actor(person=None)
