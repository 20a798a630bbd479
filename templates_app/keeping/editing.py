"""Saving what somebody wrote in the editor.

A wording is never changed: whatever differs becomes a version of its own. A campaign sends the one
that it pinned or nothing: one that is under way stops. Approval happens at Gupshup; here somebody
says that it did.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from providers.connection.dependents import stop_dependents
from providers.watch.actors import Actor
from providers.watch.auditing import Change
from templates_app.keeping.history import note
from templates_app.keeping.readiness import EditingError, NotReadyError, problems_before_approval
from templates_app.keeping.room import check_room
from templates_app.models import Act, Status, Template, TemplateVersion
from templates_app.rules.problems import Severity, errors_in
from templates_app.rules.set_aside import SETTABLE_ASIDE, WHY
from templates_app.wording.components import Wording
from templates_app.wording.reading import read_wording
from templates_app.wording.writing import Json, write_wording

EDITED_FIELDS = (
    "name",
    "language",
    "category",
    "status",
    "status_reason",
    "vendor_id",
    "sending_style",
)
# What a message is made of: a campaign that was looked at with the old ones must not go on.
SENT_FIELDS = ("name", "language", "vendor_id", "sending_style")


class StaleEditError(EditingError):
    """Somebody else saved another wording since this edit began."""

    code = "template.changed_meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`based_on` is the id of the version that the edit began with, `seen` that of the last line of
    the history then; `set_aside` the codes of the rules that an admin has set aside for exactly
    this wording. `content` is the stored form where it came from elsewhere: it is kept as it is,
    even what the wording can't hold. `samples` is how grave a missing sample is. `changes` are for
    the audit log."""

    wording: Wording
    content: Json | None = None
    based_on: int | None = None
    seen: int | None = None
    set_aside: Collection[str] = ()
    samples: Severity = Severity.ERROR
    act: Act = Act.EDITED
    why: str = ""
    changes: Sequence[Change] = ()


def save_template(template: Template, edit: Edit, *, by: Actor) -> TemplateVersion:
    """Saves the edited fields and, where the wording differs, a new version. Campaigns that need
    what it was stop. Raises NotReadyError, NoRoomError or StaleEditError."""
    if template.status == Status.APPROVED:
        _check_ready(template, edit)
    with transaction.atomic():
        before = _save_fields(template, edit)
        version = _version_of(template, edit, by=by)
        _set_aside(template, version, edit.set_aside, by=by)
        _write_history(template, before, edit, by=by)
        if before is not None and needs_stop(before, template, version):
            stop_dependents(template, reason=f"The template “{template}” was changed.", by=by)
    return version


def needs_stop(before: Template, after: Template, version: TemplateVersion | None) -> bool:
    """Whether campaigns with this template can't go on after such a change. Without a version the
    wording is a new one."""
    return (
        version is None
        or before.current_id != version.pk
        or (before.status == Status.APPROVED != after.status)
        or any(getattr(before, name) != getattr(after, name) for name in SENT_FIELDS)
    )


def _check_ready(template: Template, edit: Edit) -> None:
    problems = problems_before_approval(
        template, edit.wording, set_aside=edit.set_aside, samples=edit.samples
    )
    if errors := errors_in(problems):
        raise NotReadyError(errors)


def _save_fields(template: Template, edit: Edit) -> Template | None:
    """The row as it was before; None for a new one."""
    if template._state.adding:
        check_room(template.project)
        template.save()
        return None
    stored = Template.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if _is_stale(stored, edit):
        raise StaleEditError("Somebody else saved this template in the meantime.")
    template.current = stored.current
    template.save(update_fields=EDITED_FIELDS)
    return stored


def _is_stale(stored: Template, edit: Edit) -> bool:
    if edit.based_on is not None and stored.current_id != edit.based_on:
        return True
    if edit.seen is None:
        return False
    return stored.changes.filter(pk__gt=edit.seen).exists()


def _version_of(template: Template, edit: Edit, *, by: Actor) -> TemplateVersion:
    content = write_wording(edit.wording) if edit.content is None else edit.content
    current = template.current
    if current is not None and (current.content == content or _says(current, edit)):
        return current
    template.current = TemplateVersion.objects.create(
        template=template,
        number=current.number + 1 if current else 1,
        content=content,
        created_by=by.person,
    )
    template.save(update_fields=["current"])
    return template.current


def _says(current: TemplateVersion, edit: Edit) -> bool:
    """The same, though Meta's own spelling of it, which was imported, differs from ours."""
    return edit.content is None and read_wording(current.content) == edit.wording


def _set_aside(
    template: Template, version: TemplateVersion, codes: Collection[str], *, by: Actor
) -> None:
    wanted = sorted({*codes} & SETTABLE_ASIDE)
    if wanted == version.set_aside:
        return
    added = sorted({*wanted} - {*version.set_aside})
    version.set_aside = wanted
    version.save(update_fields=["set_aside"])
    if added:
        note(template, Act.SET_ASIDE, by=by, why=f"{', '.join(added)}. {WHY}")


def _write_history(template: Template, before: Template | None, edit: Edit, *, by: Actor) -> None:
    status = Status(template.status)
    if before is None:
        act = Act.CREATED if edit.act == Act.EDITED else edit.act
        note(template, act, by=by, why=edit.why, status=status)
        return
    if (
        before.current_id != template.current_id
        or edit.act != Act.EDITED
        or _differs(before, template)
    ):
        note(template, edit.act, by=by, why=edit.why, changes=edit.changes)
    if (before.status, before.status_reason) != (template.status, template.status_reason):
        note(template, Act.STATUS, by=by, why=template.status_reason, status=status)


def _differs(before: Template, after: Template) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in (*SENT_FIELDS, "category"))
