"""Renaming and deleting a property, and reading it as another type.

Whoever uses it is named first: a rename takes segments and the columns of earlier imports along,
and everything else refuses as long as somebody uses it. People are changed by a worker, some
thousands at a time (walking.py).
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.text import capfirst

from campaigns.audience.imports.property_names import is_property_name, property_name_of
from campaigns.audience.imports.values import ValueType
from campaigns.audience.property_changes.busy import BUSY, busy_names
from campaigns.audience.property_facts import campaigns_filling, users_of_property
from campaigns.audience.segments.naming import hold_project
from campaigns.hints import wake_property_changer
from campaigns.models import Import, ImportKind, ProfileProperty, PropertyChange
from providers.names.naming_some import some_of
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change
from templates_app.values.person import STANDARD_FIELDS

MOST_NAMED = 5
GONE = "Somebody has deleted this property already."
What = PropertyChange.What


class PropertyError(Refusal):
    """Why a property stays as it is, in plain words."""

    code = "property.refused"


@transaction.atomic
def rename_property(known: ProfileProperty, new_name: str, *, by: Actor) -> None:
    """Raises PropertyError."""
    mine = _held(known)
    name = new_name.strip()
    _check_name(mine, name)
    _refuse_where_used(mine, list(campaigns_filling(mine)))
    order = PropertyChange(what=What.RENAME, of=mine, old_name=mine.name, new_name=name)
    _begin(mine, order, "property.renamed", [Change("Name")], by=by)


@transaction.atomic
def retype_property(known: ProfileProperty, read_as: ValueType, *, by: Actor) -> None:
    """What does not fit is lost. Raises PropertyError."""
    mine = _held(known)
    kind, was = read_as.property_type, mine.type
    if kind == was:
        raise PropertyError(f"“{mine}” holds {kind.label.lower()} already.")
    _refuse_where_used(mine, users_of_property(mine))
    old = mine.get_type_display()
    mine.type = kind
    mine.save(update_fields=["type"])
    order = PropertyChange(what=What.RETYPE, of=mine, old_name=mine.name, read_as=read_as)
    changes = [Change("Type", old, str(kind.label))]
    _begin(mine, order, "property.retyped", changes, by=by)


@transaction.atomic
def delete_property(known: ProfileProperty, *, by: Actor) -> None:
    """Its values go, too. Raises PropertyError."""
    mine = _held(known)
    _refuse_where_used(mine, users_of_property(mine))
    order = PropertyChange(what=What.DELETE, old_name=mine.name, is_copied=True)
    _begin(mine, order, "property.deleted", by=by)
    mine.delete()


def _held(known: ProfileProperty) -> ProfileProperty:
    """As it is now. Nobody names it by a rule or an import until the transaction ends."""
    hold_project(known.project_id)
    mine = ProfileProperty.objects.select_related("project").filter(pk=known.pk).first()
    if mine is None:
        raise PropertyError(GONE, code="property.gone")
    if mine.name in busy_names(mine.project):
        raise PropertyError(f"“{mine}”: {BUSY}", code="property.busy")
    return mine


def _begin(
    known: ProfileProperty,
    order: PropertyChange,
    action: str,
    changes: Sequence[Change] = (),
    *,
    by: Actor,
) -> None:
    order.project = known.project
    order.save()
    auditing.record(action, by=by, project=known.project, target=known, changes=changes)
    wake_property_changer()


def _check_name(known: ProfileProperty, name: str) -> None:
    if name == known.name:
        raise PropertyError("It is called so already.")
    if not is_property_name(name):
        nearest = property_name_of(name)
        would_do = f" “{nearest}” would do." if nearest else " Use letters, digits and blanks."
        raise PropertyError(f"A property can't be called so.{would_do}")
    if name.lower() in STANDARD_FIELDS:
        raise PropertyError(f"“{name}” is a field that everybody has. Choose another name.")
    others = ProfileProperty.objects.filter(project=known.project, name__iexact=name)
    if others.exclude(pk=known.pk).exists():
        raise PropertyError(f"There is a property “{name}” already. Choose another name.")
    if name in busy_names(known.project):
        raise PropertyError(f"“{name}”: {BUSY}", code="property.busy")


def _refuse_where_used(known: ProfileProperty, users: Sequence[str]) -> None:
    if _is_being_imported(known):
        users = ["an import that is not done", *users]
    if users:
        named = some_of(users, most=MOST_NAMED)
        raise PropertyError(
            f"{capfirst(named)} {'uses' if len(users) == 1 else 'use'} “{known}”. Change that"
            " first, or wait until it is done.",
            code="property.in_use",
        )


def _is_being_imported(known: ProfileProperty) -> bool:
    unfinished = Import.objects.unfinished().filter(project=known.project)
    filling = unfinished.filter(mapping__columns__contains=[{"property_name": known.name}])
    return filling.exclude(kind=ImportKind.EVENTS).exists()
