"""The properties of people in an upload: of the type that the project's property has. What comes
first settles the type of a new one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from campaigns.audience.imports.mapping import MOST_PROPERTIES
from campaigns.audience.imports.values import ValueRefusedError, ValueType, reader_of
from campaigns.audience.property_changes.busy import BUSY, busy_names
from campaigns.audience.uploads.operators import Operator, read_operator
from campaigns.audience.uploads.typed_values import (
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    TEXTS,
    Properties,
    Typed,
    Value,
    check_name,
    dates_in,
    read_value,
    storable,
)
from campaigns.models import ProfileProperty, PropertyType
from providers.models import Project
from templates_app.values.person import STANDARD_FIELDS

NO_ROOM = (
    f"This project has {MOST_PROPERTIES} properties already, and no more are learnt. Somebody can "
    "delete those that nobody needs under Properties."
)
HOLDS = "It holds {kind} already."
A_FIELD = "Everybody has this field. Give it beside the properties, not among them."


@dataclass(slots=True)
class ToldProperties(Properties):
    """`operators`: what is to be made of a value that only the database knows."""

    operators: dict[str, Operator] = field(default_factory=dict)

    def drop(self, name: str, reason: str) -> None:
        if self.operators.pop(name, None) is None:
            Properties.drop(self, name, reason)
        else:
            self.leave_out(name, reason)

    @property
    def names(self) -> set[str]:
        return self.values.keys() | self.operators.keys()


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

    def read(self, given: Mapping[str, Any]) -> ToldProperties:
        read = ToldProperties()
        for name, value in given.items():
            try:
                if type(value) is dict:
                    self._keep_operator(read, name, read_operator(value))
                elif (typed := self._typed(name, value)) is not None:
                    read.keep(name, typed)
                    self._settle(name, typed[0])
            except ValueRefusedError as problem:
                read.leave_out(name, str(problem))
        return read

    def _settle(self, name: str, value_type: str) -> None:
        if name not in self.types:
            self.types[name] = self.new[name] = value_type

    def _keep_operator(self, read: ToldProperties, name: str, operator: Operator) -> None:
        """One that makes nothing of nothing asks for no property to be learnt."""
        if name in self.busy:
            raise ValueRefusedError(BUSY)
        settled = self.types.get(name)
        if settled is None and name.lower() in STANDARD_FIELDS:
            raise ValueRefusedError(A_FIELD)
        if settled and operator.needs not in ("", settled):
            raise ValueRefusedError(holds(settled))
        check_name(name)
        if settled or operator.begins:
            read.operators[name] = operator
            self._settle(name, operator.needs)

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
        raise ValueRefusedError(holds(settled))

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
            name: holds(there[name])
            for name, value_type in self.new.items()
            if there.get(name, value_type) != value_type
        }


def holds(value_type: str) -> str:
    return HOLDS.format(kind=PropertyType(value_type).label.lower())


def _types_of(project: Project) -> dict[str, str]:
    rows = ProfileProperty.objects.filter(project=project)
    return dict(rows.values_list("name", "type"))
