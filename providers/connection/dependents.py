"""What stops when something is deleted or replaced, asked before anybody confirms it.

Campaigns stand to the left of templates and providers, which may not know them. So whoever
depends on a row registers here how to find that, when the apps are ready:

    register("template", "campaigns.running.dependents.campaigns_of_template")
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils.module_loading import import_string

if TYPE_CHECKING:  # read before there are models
    from providers.watch.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """`name` and `url` for the dialog; `stop` ends it for good and takes the reason that its own
    page shows, and who it was. Harmless for what has ended by itself meanwhile."""

    name: str
    url: str
    stop: "Callable[[str, Actor], None]"


Finder = Callable[[Model], Iterable[Dependent]]
_finders: dict[str, list[str]] = {}


def register(kind: str, finder: str) -> None:
    """`kind` is a model's name ("provider", "template"), `finder` the dotted path of a Finder: at
    the time of registering it can't be imported yet."""
    paths = _finders.setdefault(kind, [])
    if finder not in paths:
        paths.append(finder)


def dependents_of(row: Model) -> list[Dependent]:
    """Whatever is scheduled or under way and needs this row as it is."""
    found: list[Dependent] = []
    for path in _finders.get(str(row._meta.model_name), []):
        find: Finder = import_string(path)
        found.extend(find(row))
    return found


def stop_dependents(row: Model, *, reason: str, by: "Actor") -> list[Dependent]:
    """Ends them all, and says which."""
    stopped = dependents_of(row)
    for dependent in stopped:
        dependent.stop(reason, by)
    return stopped
