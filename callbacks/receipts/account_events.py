"""What Gupshup tells about templates and numbers, applied to them: statuses, quality, category,
limits. In the caller's transaction. Of several about the same thing the latest callback counts,
in whatever order they are processed, so that a replay never brings an old status back.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import Max, Q

from callbacks.models import AccountNews
from callbacks.parsers import AccountEvent, Arrived
from providers.models import Project, Provider
from providers.watch.actors import SYSTEM
from templates_app.keeping.history import note
from templates_app.keeping.statuses import set_status
from templates_app.models import Act, Category, Status, Template

# Meta's words for what happens to a template. What is not here changes nothing, and is noted.
STATUSES = {
    "APPROVED": Status.APPROVED,
    "REINSTATED": Status.APPROVED,
    "PENDING": Status.PENDING,
    "IN_APPEAL": Status.PENDING,
    "REJECTED": Status.REJECTED,
    "PAUSED": Status.PAUSED,
    "DISABLED": Status.DISABLED,
    "PENDING_DELETION": Status.DISABLED,
    "DELETED": Status.DISABLED,
}
NO_TEMPLATE = "There is no such template in this project."
OVERTAKEN = "A later callback about this had come already."


@dataclass(frozen=True, slots=True)
class Outcome:
    words: str
    template: Template | None = None


def obey(told: Collection[Arrived[AccountEvent]]) -> None:
    if not told:
        return
    _hold_projects({one.project_id for one in told})
    latest = {_about(one): one for one in sorted(told, key=lambda one: one.receipt_id)}
    known = _known(latest.values())
    new = [one for about, one in latest.items() if known.get(about) != one.receipt_id]
    templates = _Templates(new)
    AccountNews.objects.bulk_create(
        _row(one, Outcome(OVERTAKEN) if _about(one) in known else _outcome(one, templates))
        for one in new
    )


def _hold_projects(project_ids: Iterable[int]) -> None:
    """Two workers with two callbacks about the same would not know of each other, and the earlier
    one might have the last word."""
    projects = Project.objects.filter(pk__in=project_ids).order_by("pk")
    list(projects.select_for_update(no_key=True).values_list("pk"))


def _about(one: Arrived[AccountEvent]) -> tuple[int, str, str]:
    return one.project_id, one.fact.field, one.fact.subject or ""


def _known(told: Iterable[Arrived[AccountEvent]]) -> dict[tuple[int, str, str], int]:
    """What this callback or a later one told already, by the number of that callback."""
    mine = {_about(one): one.receipt_id for one in told}
    rows = AccountNews.objects.filter(
        project__in={about[0] for about in mine},
        field__in={about[1] for about in mine},
        subject__in={about[2] for about in mine},
    ).exclude(outcome__in=[NO_TEMPLATE, OVERTAKEN])
    found = rows.values_list("project_id", "field", "subject").annotate(Max("receipt_number"))
    return {
        (project, field, subject): number
        for project, field, subject, number in found
        if number >= mine.get((project, field, subject), number + 1)
    }


def _row(one: Arrived[AccountEvent], outcome: Outcome) -> AccountNews:
    return AccountNews(
        project_id=one.project_id,
        receipt_id=one.receipt_id,
        receipt_number=one.receipt_id,
        field=one.fact.field,
        event=one.fact.event or "",
        subject=one.fact.subject or "",
        template=outcome.template,
        outcome=outcome.words[:400],
        received_at=one.received_at,
    )


class _Templates:
    """The templates that a batch names, read at once."""

    def __init__(self, told: Iterable[Arrived[AccountEvent]]) -> None:
        facts = list(told)
        names = {name for one in facts for name in (one.fact.subject, one.fact.name) if name}
        self._rows = list(
            Template.objects.filter(
                Q(vendor_id__in=names) | Q(name__in=names),
                project__in={one.project_id for one in facts},
            )
        )

    def of(self, one: Arrived[AccountEvent]) -> Template | None:
        """By Gupshup's id, else by name, and language where that is told."""
        own = [row for row in self._rows if row.project_id == one.project_id]
        by_id = [row for row in own if row.vendor_id and row.vendor_id == one.fact.subject]
        named = [row for row in own if row.name in (one.fact.name, one.fact.subject)]
        if one.fact.language:
            named = [row for row in named if row.language == one.fact.language]
        found = by_id or named
        return found[0] if len(found) == 1 else None


def _outcome(one: Arrived[AccountEvent], templates: _Templates) -> Outcome:
    if one.fact.field == "phone_number_messaging_limit_update":
        return _limit(one)
    act = OF_TEMPLATES.get(one.fact.field)
    if act is None:
        return Outcome("Kept; Kabootar makes nothing of this kind of event.")
    template = templates.of(one)
    return Outcome(act(template, one.fact), template) if template else Outcome(NO_TEMPLATE)


def _status(template: Template, fact: AccountEvent) -> str:
    status = STATUSES.get((fact.event or "").upper())
    if status is None:
        note(template, Act.STATUS, by=SYSTEM, why=_said(fact))
        return f"“{template}” stays as it is: {fact.event or 'no status'} is no status of ours."
    moved = set_status(template, status, by=SYSTEM, why=_said(fact))
    stopped = f" Stopped: {', '.join(d.name for d in moved.stopped)}." if moved.stopped else ""
    return f"“{template}” is {Status(moved.status).label.lower()}.{stopped}"


def _said(fact: AccountEvent) -> str:
    """Without a reason nothing: the status speaks for itself."""
    reason = fact.reason or ""
    if (fact.event or "").upper() in STATUSES:
        return "" if reason.upper() == "NONE" else reason
    return f"Meta says {fact.event or 'nothing'}. {reason}".strip()


def _quality(template: Template, fact: AccountEvent) -> str:
    quality = (fact.event or "")[:20].lower()
    if template.quality == quality:
        return f"The quality of “{template}” was {quality} already."
    Template.objects.filter(pk=template.pk).update(quality=quality)
    note(template, Act.STATUS, by=SYSTEM, why=f"Meta rates its quality {quality or 'unknown'}.")
    return f"The quality of “{template}” is {quality or 'unknown'}."


def _category(template: Template, fact: AccountEvent) -> str:
    category = (fact.event or "").upper()
    if fact.is_proposal or category not in Category.values:
        note(template, Act.STATUS, by=SYSTEM, why=f"Meta proposes the category {category}.")
        return f"“{template}” keeps its category; Meta proposes {category or 'none'}."
    if template.category == category:
        return f"“{template}” was in this category already."
    Template.objects.filter(pk=template.pk).update(category=category)
    note(template, Act.STATUS, by=SYSTEM, why=f"Meta moved it to the category {category}.")
    return f"“{template}” is in the category {category}."


OF_TEMPLATES: dict[str, Callable[[Template, AccountEvent], str]] = {
    "message_template_status_update": _status,
    "message_template_quality_update": _quality,
    "template_category_update": _category,
}


def _limit(one: Arrived[AccountEvent]) -> Outcome:
    """Whatever number it names: a project has one."""
    limit = (one.fact.event or "")[:30]
    changed = Provider.objects.filter(project=one.project_id).update(
        messaging_limit=limit, messaging_limit_at=one.received_at
    )
    return Outcome(
        f"The messaging limit of your number is {limit or 'unknown'}."
        if changed
        else "This project has no connection to Gupshup now."
    )
