"""Saving what somebody wrote in the editor.

A wording is never changed: whatever differs becomes a version of its own, and campaigns go on
with the one they pinned. Approval happens at Gupshup; here somebody says that it did.
"""

from django.db import transaction

from providers.models import User
from templates_app.components import Wording
from templates_app.models import Kind, SendingStyle, Status, Template, TemplateVersion
from templates_app.problems import Problem, error, errors_in
from templates_app.validation import Judged, problems_of
from templates_app.writing import write_wording

EDITED_FIELDS = ("name", "language", "category", "status", "vendor_id", "sending_style")


class EditingError(ValueError):
    """The message says in plain words why nothing was saved."""


class StaleEditError(EditingError):
    """Somebody else saved another wording since this edit began."""


class NotReadyError(EditingError):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("This can't be approved yet. " + " ".join(p.message for p in problems))
        self.problems = problems


def save_template(
    template: Template, *, wording: Wording, by: User | None, based_on: int | None = None
) -> TemplateVersion:
    """Saves the edited fields and, where the wording differs, a new version. `based_on` is the id
    of the version that the edit began with. Raises NotReadyError or StaleEditError."""
    if template.status == Status.APPROVED:
        _check_ready(template, wording)
    with transaction.atomic():
        _save_fields(template, based_on=based_on)
        return _version_of(template, wording, by=by)


def problems_before_approval(template: Template, wording: Wording) -> list[Problem]:
    """Everything the rules say, and what sending needs besides."""
    judged = Judged(
        name=template.name,
        language=template.language,
        category=template.category,
        kind=Kind(template.kind),
        wording=wording,
    )
    problems = problems_of(judged)
    if template.sending_style == SendingStyle.BY_ID and not template.vendor_id:
        problems.append(
            error(
                "VENDOR_ID_REQUIRED",
                "vendor_id",
                "Copy the template's ID from Gupshup, or choose sending by its text.",
            )
        )
    return problems


def _check_ready(template: Template, wording: Wording) -> None:
    problems = errors_in(problems_before_approval(template, wording))
    if problems:
        raise NotReadyError(problems)


def _save_fields(template: Template, *, based_on: int | None) -> None:
    if template._state.adding:
        template.save()
        return
    stored = Template.objects.select_for_update().get(pk=template.pk)
    if based_on is not None and stored.current_id != based_on:
        raise StaleEditError("Somebody else saved this template in the meantime.")
    template.current = stored.current
    template.save(update_fields=EDITED_FIELDS)


def _version_of(template: Template, wording: Wording, *, by: User | None) -> TemplateVersion:
    content = write_wording(wording)
    current = template.current
    if current is not None and current.content == content:
        return current
    template.current = TemplateVersion.objects.create(
        template=template,
        number=current.number + 1 if current else 1,
        content=content,
        created_by=by,
    )
    template.save(update_fields=["current"])
    return template.current
