"""Which properties a project's people have, and how a text asks for one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from campaigns.models import ProfileProperty, PropertyType
from providers.models import Project
from templates_app.values.person import STANDARD_FIELDS

PLAIN_NAME = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")

DATE_FILTER = ' | date: "%-d %B %Y" }}'

MOST = 200
CHOOSES = (PropertyType.TEXT, PropertyType.NUMBER, PropertyType.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Property:
    """`token` is what stands in a text: {{ profile.city }}."""

    name: str
    label: str
    token: str
    is_date: bool = False

    @property
    def text_token(self) -> str:
        """For a text that people read: a date as they write it."""
        return self.token.replace(" }}", DATE_FILTER) if self.is_date else self.token


def properties_of(project: Project) -> list[Property]:
    """The fields of every profile, then the project's own."""
    fields = [Property(name, label, _token(name)) for name, label in STANDARD_FIELDS.items()]
    own = ProfileProperty.objects.filter(project=project).exclude(name__in=STANDARD_FIELDS)
    named = own.order_by("name").values_list("name", "type")[:MOST]
    return fields + [
        Property(name, name, _token(name), is_date=kind == PropertyType.DATE)
        for name, kind in named
    ]


def properties_of_event(name: str, known: Iterable[str]) -> list[Property]:
    """Of what somebody did, for the texts of a live campaign."""
    return [Property(one, f"{one} (of {name})", _token(one, of="event")) for one in sorted(known)][
        :MOST
    ]


def names_to_choose_by(project: Project) -> list[str]:
    """The project's own that have one value, which can be written down."""
    own = ProfileProperty.objects.filter(project=project, type__in=CHOOSES)
    return list(own.order_by("name").values_list("name", flat=True)[:MOST])


def _token(name: str, *, of: str = "profile") -> str:
    if PLAIN_NAME.fullmatch(name):
        return f"{{{{ {of}.{name} }}}}"
    quote = "'" if '"' in name else '"'
    return f"{{{{ {of}[{quote}{name}{quote}] }}}}"
