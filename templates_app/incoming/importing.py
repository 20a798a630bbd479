"""Bringing found templates into a project: first a plan to look at, then the same, done.

Name and language say which template is meant. What is there already keeps its history and gets a
new version; nothing is deleted, because a list may be cut short.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from functools import partial

from django.db import transaction
from django.utils import timezone

from providers.connection.dependents import dependents_of
from providers.models import Project
from providers.watch.actors import Actor
from providers.watch.logging_failures import logging_failure_of
from templates_app.incoming.found import Found, Haul
from templates_app.incoming.report import Line, Outcome, read, written
from templates_app.keeping.editing import Edit, save_template
from templates_app.keeping.readiness import EditingError, kept_back, problems_before_approval
from templates_app.models import (
    Act,
    Kind,
    SendingStyle,
    Source,
    Status,
    Template,
    TemplateImport,
)
from templates_app.rules.problems import Problem, Severity, errors_in, without_sample
from templates_app.rules.shape import kind_of
from templates_app.wording.components import Wording
from templates_app.wording.reading import read_wording

Known = dict[tuple[str, str], Template]
BEYOND_US = (
    "This one could not be brought in, and why is in the server's log. Make it by hand with "
    "“New template”, or ask whoever runs this console."
)


def keep(project: Project, haul: Haul, *, source: Source, by: Actor) -> TemplateImport:
    """Sets it by until somebody has looked at the plan."""
    return TemplateImport.objects.create(
        project=project,
        by=by.person,
        source=source,
        found=[asdict(item) for item in haul.found],
        refused=[asdict(item) for item in haul.refused],
    )


def plan(incoming: TemplateImport) -> list[Line]:
    """What bringing it in would do now; nothing is stored."""
    found = _found(incoming)
    known = _known(incoming.project, found)
    lines = [_alone(item, partial(_look, item, known)) for item in found]
    return lines + _refused(incoming)


def bring_in(incoming: TemplateImport, *, by: Actor) -> list[Line]:
    """Does what the plan says and keeps the report. A second time changes nothing."""
    with transaction.atomic():
        row = TemplateImport.objects.select_for_update(of=("self",)).get(pk=incoming.pk)
        if row.report is None and not row.is_reading:
            found = _found(row)
            known = _known(row.project, found)
            bring = partial(_bring, row.project, known, by=by)
            lines = [_alone(item, partial(bring, item)) for item in found]
            row.report = written([*lines, *_refused(row)])
            row.done_at = timezone.now()
            row.save(update_fields=["report", "done_at"])
    incoming.report, incoming.done_at = row.report, row.done_at
    return read(incoming.report or [])


def _found(incoming: TemplateImport) -> list[Found]:
    return [
        Found(**{**raw, "status": Status(raw["status"]) if raw["status"] else None})
        for raw in incoming.found
    ]


def _refused(incoming: TemplateImport) -> list[Line]:
    return [
        Line(name=raw["label"], outcome=Outcome.REFUSED, why=raw["why"]) for raw in incoming.refused
    ]


def _known(project: Project, found: Iterable[Found]) -> Known:
    """The project's templates that an import may meet, read at once."""
    names = {item.name for item in found}
    rows = project.templates.filter(name__in=names).select_related("current")
    return {(row.name, row.language): row for row in rows}


def _alone(item: Found, act: Callable[[], Line]) -> Line:
    """What became of one template. Where that fails, this one is refused and the others go on."""
    why = BEYOND_US
    with logging_failure_of("a template of an import"):
        try:
            return act()
        except EditingError as refused:
            why = str(refused)
    return Line(name=item.name, language=item.language, outcome=Outcome.REFUSED, why=why)


class _Planned:
    """One found template, and the one here that it would become."""

    def __init__(self, item: Found, known: Template | None) -> None:
        self.item, self.known = item, known
        self.wording: Wording = read_wording(item.content)
        self.kind = kind_of(self.wording) or Kind.BASIC
        current = known.current if known else None
        self.is_same_wording = current is not None and current.content == item.content
        self.set_aside = list(current.set_aside) if current and self.is_same_wording else []
        self.template = self._merged()
        self.problems = self._problems()
        self._set_status()
        self.line = self._line()

    @classmethod
    def of(cls, item: Found, known: Known) -> "_Planned":
        return cls(item, known.get((item.name, item.language)))

    def _merged(self) -> Template:
        """A copy, so that the row that was read still says what there is."""
        item, known = self.item, self.known
        style = SendingStyle.BY_ID if item.vendor_id else SendingStyle.BY_TEXT
        if known is None:
            template = Template(
                name=item.name, language=item.language, kind=self.kind, sending_style=style
            )
        else:
            template = Template.from_db(
                known._state.db,
                [field.attname for field in known._meta.concrete_fields],
                [getattr(known, field.attname) for field in known._meta.concrete_fields],
            )
            template.current = known.current
        template.category = item.category or template.category
        template.vendor_id = item.vendor_id or template.vendor_id
        return template

    def _problems(self) -> list[Problem]:
        return problems_before_approval(
            self.template, self.wording, set_aside=self.set_aside, samples=Severity.WARNING
        )

    def _set_status(self) -> None:
        """What Gupshup approved and can't be sent from here waits until somebody has seen to it."""
        item, known, template = self.item, self.known, self.template
        errors = errors_in(self.problems)
        wanted = item.status or (Status(known.status) if known else Status.DRAFT)
        if wanted == Status.APPROVED and errors:
            waits = known is not None and known.status in (Status.DRAFT, Status.PENDING)
            template.status = known.status if known and waits else Status.PENDING
            template.status_reason = kept_back(errors)
        elif item.status is not None:
            template.status, template.status_reason = wanted, item.reason

    def _line(self) -> Line:
        line = Line(
            name=self.item.name,
            language=self.item.language,
            kind=self.kind.label,
            outcome=self._outcome(),
            problems=tuple(problem.with_place for problem in errors_in(self.problems)),
            warnings=sum(p.severity is Severity.WARNING for p in self.problems),
            no_sample=tuple(without_sample(self.problems)),
            pk=self.known.pk if self.known else None,
        )
        if line.outcome is Outcome.REFUSED and self.known:
            there, here = self.kind.label.lower(), self.known.get_kind_display().lower()
            why = f"It is a {there} there and a {here} here, and a template's type never changes."
            return replace(line, why=why)
        if line.outcome is Outcome.CHANGED and self.known:
            return replace(line, stops=tuple(each.name for each in dependents_of(self.known)))
        return line

    def _outcome(self) -> Outcome:
        known, template = self.known, self.template
        if known is None:
            return Outcome.ADDED
        if known.kind != self.kind:
            return Outcome.REFUSED
        changed = any(
            getattr(known, name) != getattr(template, name)
            for name in ("category", "vendor_id", "status", "status_reason")
        )
        return Outcome.CHANGED if changed or not self.is_same_wording else Outcome.SAME


def _look(item: Found, known: Known) -> Line:
    return _Planned.of(item, known).line


def _bring(project: Project, known: Known, item: Found, *, by: Actor) -> Line:
    planned = _Planned.of(item, known)
    if planned.line.outcome in (Outcome.REFUSED, Outcome.SAME):
        return planned.line
    template = planned.template
    template.project = project
    edit = Edit(
        wording=planned.wording,
        content=item.content,
        set_aside=planned.set_aside,
        samples=Severity.WARNING,
        act=Act.IMPORTED,
    )
    save_template(template, edit, by=by)
    return replace(planned.line, pk=template.pk)
