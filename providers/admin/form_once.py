"""A form's page asks for each read-only field once.

Unfold makes the fields of a line anew for each look at it, and asks each for its contents up to
three times: what counts, or reads a person's events, would be asked five times for one page.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.safestring import SafeString
from unfold.fields import UnfoldAdminField, UnfoldAdminReadonlyField
from unfold.forms import AdminForm, Fieldline, Fieldset


class FormOnce(AdminForm):  # type: ignore[misc]
    @classmethod
    def of(cls, shown: AdminForm) -> "FormOnce":
        once = cls(shown.form, shown.fieldsets, {}, shown.readonly_fields, shown.model_admin)
        once.prepopulated_fields = shown.prepopulated_fields
        return once

    @cached_property
    def _sets(self) -> list["SetOnce"]:
        given = {"readonly_fields": self.readonly_fields, "model_admin": self.model_admin}
        return [SetOnce(self.form, name, **given, **options) for name, options in self.fieldsets]

    def __iter__(self) -> Iterator["SetOnce"]:
        return iter(self._sets)


class SetOnce(Fieldset):  # type: ignore[misc]
    @cached_property
    def _lines(self) -> list["LineOnce"]:
        return [
            LineOnce(self.form, line, self.readonly_fields, model_admin=self.model_admin)
            for line in self.fields
        ]

    def __iter__(self) -> Iterator["LineOnce"]:
        return iter(self._lines)


class LineOnce(Fieldline):  # type: ignore[misc]
    @cached_property
    def _fields(self) -> list[Any]:
        return [self._field(name, is_first=not place) for place, name in enumerate(self.fields)]

    def _field(self, name: Any, *, is_first: bool) -> Any:
        if name in self.readonly_fields:
            return ReadOnlyOnce(self.form, name, is_first=is_first, model_admin=self.model_admin)
        return UnfoldAdminField(self.form, name, is_first=is_first)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._fields)


class ReadOnlyOnce(UnfoldAdminReadonlyField):  # type: ignore[misc]
    @cached_property
    def _contents(self) -> SafeString:
        contents: SafeString = super().contents()
        return contents

    def contents(self) -> SafeString:
        return self._contents

    def _resolve_field(self) -> Any:
        """For what is a column of the row: what is shown of it depends on the column's kind. What
        the admin works out would be worked out here once more."""
        is_column = self.field["field"] in _columns(self.form.instance)
        return super()._resolve_field() if is_column else None


def _columns(row: Model) -> set[str]:
    return {field.name for field in row._meta.get_fields()}
