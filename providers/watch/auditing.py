"""The audit log: appends who changed what. Nothing is ever changed or deleted here.

An entry commits and rolls back with the caller's transaction. It holds ids, labels of fields and
plain values; secrets and free text are told as "changed". Why no library:
docs/decisions/0009-an-audit-log-of-our-own.md.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models import Model

from providers.models import AuditEntry, Project
from providers.watch.actors import Actor

_ACTION = re.compile(r"[a-z_]+\.[a-z_]+\Z")
_PERSONAL = re.compile(r"(?<![^\s@“”])[^\s@“”]+@[\w.-]+\w|\+?\d(?:[\s-]?\d){6,}")
_LONGEST_NOTE = 200
# Their values say nothing of a person; everything else that is typed may.
_PLAIN = (
    models.BooleanField,
    models.IntegerField,
    models.DateTimeField,
    models.ForeignKey,
)

# Where every call of a program writes one, objects would cost more than all else of the call.
_NOTE = """
INSERT INTO providers_auditentry
    (project_id, action, by_id, key_id, note, target_kind, target_id, changes)
SELECT {project}, {action}, noted.by_id, noted.key_id, noted.note, {target_kind}, {target_id},
    '[]'::jsonb
FROM {notes}
"""
NOTE = _NOTE.format(
    project="%s",
    action="%s",
    target_kind="''",
    target_id="''",
    notes="unnest(%s::bigint[], %s::bigint[], %s::text[]) AS noted (by_id, key_id, note)",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its label and, where both may be shown, what it was and what it became."""

    field: str
    old: str | None = None
    new: str | None = None


def record(
    action: str,
    *,
    by: Actor,
    project: Project | None,
    target: Model | None = None,
    note: str = "",
    changes: Sequence[Change] = (),
) -> None:
    """Append one entry.

    `action` is "what.happened", like "campaign.published"; `project` is None for what belongs to
    the installation. The note is for words of ours: no secret and no personal data. What looks like
    an address or a phone is blotted out.
    """
    entry = _entry(action, by=by, project_id=project.pk if project else None, target=target)
    entry.note = _fit(note)
    entry.changes = [asdict(change) for change in changes]
    entry.save(force_insert=True)


def record_each(action: str, *, by: Actor, targets: Iterable[Any]) -> None:
    """The same of many rows of projects, an entry each."""
    AuditEntry.objects.bulk_create(
        _entry(action, by=by, project_id=target.project_id, target=target) for target in targets
    )


def record_notes(action: str, *, project: Project, notes: Iterable[tuple[Actor, str]]) -> None:
    """The same of what several did at once: for each of them an entry with its note."""
    _check(action)
    noted = [(by.person and by.person.pk, by.key and by.key.pk, _fit(note)) for by, note in notes]
    if noted:
        people, keys, texts = (list(column) for column in zip(*noted, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(NOTE, [project.pk, action, people, keys, texts])


def noting(
    action: str, *, project: str, notes: str, target: type[Model] | None = None, target_id: str = ""
) -> str:
    """The same as a part of a statement. SQL: the project's number; `notes`, rows with by_id,
    key_id and a note in which nothing is personal; and of these what each is about, if anything."""
    _check(action)
    kind = target._meta.label_lower if target else ""
    return _NOTE.format(
        project=project,
        action=f"'{action}'",
        target_kind=f"'{kind}'",
        target_id=target_id or "''",
        notes=f"{notes} AS noted",
    )


def _fit(note: str) -> str:
    return _PERSONAL.sub("•••", note)[:_LONGEST_NOTE]


def _check(action: str) -> None:
    if not _ACTION.match(action):
        raise ValueError(f"An action reads like “campaign.published”, not “{action}”.")


def _entry(action: str, *, by: Actor, project_id: int | None, target: Model | None) -> AuditEntry:
    _check(action)
    return AuditEntry(
        action=action,
        by=by.person,
        key=by.key,
        project_id=project_id,
        target_kind=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
    )


def changes_of(form: "forms.ModelForm[Any]") -> list[Change]:
    """What a valid form changes on its row, without anything that might be secret or personal."""
    return list(_changes_of(form))


def without_values(changes: Sequence[Change]) -> list[Change]:
    """For rows that are about a person: there a language or a time zone is personal too."""
    return [Change(change.field) for change in changes]


def _changes_of(form: "forms.ModelForm[Any]") -> Iterator[Change]:
    for name in form.changed_data:
        # A form may name what has no field of its own, as Django's does the password.
        field = form.fields.get(name)
        label = str((field and field.label) or name.replace("_", " "))
        label = label[:1].upper() + label[1:]
        if field is not None and _is_plain(form, name):
            old = _in_words(form.initial.get(name), field)
            yield Change(label, old, _in_words(form.cleaned_data.get(name), field))
        else:
            yield Change(label)


def _is_plain(form: "forms.ModelForm[Any]", name: str) -> bool:
    try:
        field = form._meta.model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return isinstance(field, _PLAIN) or isinstance(form.fields[name], forms.ChoiceField)


def _in_words(value: Any, field: forms.Field) -> str:
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        labels = {str(key): str(label) for key, label in choices}
        value = labels.get(str(value), value)
    return "" if value is None else str(value)[:100]
