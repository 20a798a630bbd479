"""The properties of people in an upload: of the type that the project's property has. What comes
first settles the type of a new one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from campaigns.audience.imports.mapping import MOST_PROPERTIES
from campaigns.audience.imports.values import ValueRefusedError, ValueType, reader_of
from campaigns.audience.property_changes.busy import BUSY, busy_names
from campaigns.audience.uploads.typed_values import (
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    TEXTS,
    Properties,
    Typed,
    Value,
    dates_in,
    read_value,
    storable,
)
from campaigns.models import ProfileProperty, PropertyType
from providers.models import Project
from templates_app.values.person import STANDARD_FIELDS

NO_ROOM = f"This project has {MOST_PROPERTIES} properties already, and no more are learnt."
A_FIELD = "Everybody has this field. Give it beside the properties, not among them."


@dataclass(slots=True)
class PropertyReader:
    """`new` are those that nobody had before; `busy` ones are left out."""

    project: Project
    types: dict[str, str]
    busy: frozenset[str] = frozenset()
    new: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project) -> Self:
        return cls(project, _types_of(project), busy_names(project))

    def read(self, given: Mapping[str, Any]) -> Properties:
        read = Properties()
        for name, value in given.items():
            try:
                if (typed := self._typed(name, value)) is not None:
                    read.keep(name, typed)
                    if name not in self.types:
                        self.types[name] = self.new[name] = typed[0]
            except ValueRefusedError as problem:
                read.leave_out(name, str(problem))
        return read

    def _typed(self, name: str, value: object) -> Typed:
        if name in self.busy:
            raise ValueRefusedError(BUSY)
        typed = read_value(value, dates_in(self.project.time_zone))
        settled = self.types.get(name)
        if typed is None or typed[0] == settled:
            return typed
        if settled is not None:
            return settled, self._changed(value, typed, settled)
        if name.lower() in STANDARD_FIELDS:
            raise ValueRefusedError(A_FIELD)
        return typed

    def _changed(self, value: object, typed: tuple[str, Value], settled: str) -> Value:
        """As the property's type, where that loses nothing."""
        match settled, typed[0]:
            case _ if settled == TEXT and typed[0] == DATE:
                return storable(str(value))
            case _ if settled == TEXT and typed[0] == NUMBER:
                return json.dumps(typed[1])
            case _ if settled == TEXTS and isinstance(value, str):
                return [storable(value)]
            case _ if settled in (NUMBER, BOOLEAN, DATE) and isinstance(value, str):
                return self._as_in_a_file(value, settled)
        raise ValueRefusedError(f"It holds {PropertyType(settled).label.lower()} already.")

    def _as_in_a_file(self, text: str, settled: str) -> Value:
        read = reader_of(ValueType(settled), time_zone=self.project.time_zone)
        try:
            value: Value = json.loads(read(text.strip()))
        except ValueRefusedError as problem:
            raise ValueRefusedError(f"It {problem}") from None
        return value

    def learn(self) -> dict[str, str]:
        """Of the new ones those that can't be kept after all, with the reason: for want of room, or
        since somebody gave them another type meanwhile. Inside a transaction."""
        if not self.new:
            return {}
        Project.objects.select_for_update(no_key=True).get(pk=self.project.pk)
        there = _types_of(self.project)
        unknown = [name for name in self.new if name not in there]
        room = max(MOST_PROPERTIES - len(there), 0)
        ProfileProperty.objects.bulk_create(
            ProfileProperty(project=self.project, name=name, type=self.new[name])
            for name in unknown[:room]
        )
        return dict.fromkeys(unknown[room:], NO_ROOM) | {
            name: f"It holds {PropertyType(there[name]).label.lower()} already."
            for name, value_type in self.new.items()
            if there.get(name, value_type) != value_type
        }


def _types_of(project: Project) -> dict[str, str]:
    rows = ProfileProperty.objects.filter(project=project)
    return dict(rows.values_list("name", "type"))
