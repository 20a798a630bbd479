"""A template's statuses, and the end of it.

Approval happens at Gupshup; here a person, a sync or a callback says that it did. Whenever an
approved template stops being one, the campaigns that need it stop, and are told why.
"""

from dataclasses import dataclass

from django.db import transaction

from providers.connection.dependents import Dependent, stop_dependents
from providers.watch import auditing
from providers.watch.actors import SYSTEM, Actor
from templates_app.keeping.history import note
from templates_app.keeping.readiness import NotReadyError, kept_back, problems_of_stored
from templates_app.models import Act, Status, Template
from templates_app.rules.problems import Problem, Severity, errors_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """`status` is the one it has now: that of before where Gupshup approved what can't be sent
    from here yet."""

    status: Status
    stopped: tuple[Dependent, ...] = ()


@transaction.atomic
def set_status(template: Template, status: Status, *, by: Actor, why: str = "") -> Moved:
    """`by` is the system when Gupshup says it, by its list or a callback; `why` is kept in the
    history and shown on the template. A person can't approve what has errors: NotReadyError. Told
    twice, it changes nothing the second time."""
    stored = Template.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if status == Status.APPROVED and stored.status != status:
        problems = _errors(stored, by=by)
        if problems and not by.is_system:
            raise NotReadyError(problems)
        if problems:
            return _kept_back(template, stored, problems)
    if (stored.status, stored.status_reason) == (status, why):
        return Moved(status=status)
    before = Status(stored.status)
    _write(template, stored, status=status, reason=why)
    note(template, Act.STATUS, by=by, why=why, status=status if status != before else None)
    return Moved(status=status, stopped=_stop(template, before=before, why=why, by=by))


@transaction.atomic
def delete(template: Template, *, by: Actor) -> bool:
    """Gone for good, or archived (False) where campaigns were made with it: their numbers and
    their text stay readable. Either way the campaigns that need it stop. Nothing is left to do
    where somebody was quicker."""
    if not Template.objects.select_for_update(of=("self",)).filter(pk=template.pk).exists():
        return True
    stop_dependents(template, reason=f"The template “{template}” was deleted.", by=by)
    if is_used(template):
        set_status(template, Status.ARCHIVED, by=by, why="Deleted; campaigns were made with it.")
        return False
    auditing.record("template.deleted", by=by, project=template.project, target=template)
    Template.objects.filter(pk=template.pk).update(current=None)
    Template.objects.filter(pk=template.pk).delete()
    return True


def is_used(template: Template) -> bool:
    """Whether rows of other apps keep one of its versions."""
    for relation in template.versions.model._meta.related_objects:
        model = relation.related_model
        if isinstance(model, str) or model._meta.app_label == Template._meta.app_label:
            continue
        field = relation.field.name
        if model._base_manager.filter(**{f"{field}__template": template.pk}).exists():
            return True
    return False


def _errors(stored: Template, *, by: Actor) -> list[Problem]:
    """What Meta has approved may lack samples; what a person fills in may not."""
    samples = Severity.WARNING if by.is_system else Severity.ERROR
    return errors_in(problems_of_stored(stored, samples=samples))


def _kept_back(template: Template, stored: Template, problems: list[Problem]) -> Moved:
    why = kept_back(problems)
    if stored.status_reason != why:
        _write(template, stored, status=Status(stored.status), reason=why)
        note(template, Act.STATUS, by=SYSTEM, why=why)
    return Moved(status=Status(stored.status))


def _write(template: Template, stored: Template, *, status: Status, reason: str) -> None:
    for row in (stored, template):
        row.status, row.status_reason = status, reason
    stored.save(update_fields=["status", "status_reason"])


def _stop(template: Template, *, before: Status, why: str, by: Actor) -> tuple[Dependent, ...]:
    if before != Status.APPROVED or template.status == Status.APPROVED:
        return ()
    now = Status(template.status).label.lower()
    reason = f"The template “{template}” is {now}. {why}".strip()
    return tuple(stop_dependents(template, reason=reason, by=by))
