"""What the console has to know of a provider to offer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """`kind` stands in the row; `form` is a model form of Provider, `fieldsets` are its sections
    for whoever may change it, `setup_mail` is the template of the text for its support."""

    kind: str
    name: str
    summary: str
    form: type["forms.ModelForm[Any]"]
    fieldsets: Sequence[tuple[str, dict[str, Any]]]
    setup_mail: str
