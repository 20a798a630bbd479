"""One line of a template's history for everything that happens to it."""

from collections.abc import Sequence

from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change
from templates_app.models import Act, Status, Template, TemplateChange

AUDITED = {
    Act.CREATED: "added",
    Act.EDITED: "changed",
    Act.SET_ASIDE: "set_a_rule_aside",
    Act.RESTORED: "restored_a_version",
    Act.IMPORTED: "imported",
    Act.CLONED: "cloned",
}


def note(
    template: Template,
    act: Act,
    *,
    by: Actor,
    why: str = "",
    status: Status | None = None,
    changes: Sequence[Change] = (),
) -> TemplateChange:
    """In the caller's transaction. `status` is the new one, where it changed; `changes` are for the
    audit log."""
    happened = f"became_{status}" if act == Act.STATUS and status else AUDITED.get(act)
    if happened:
        project = template.project
        auditing.record(
            f"template.{happened}", by=by, project=project, target=template, changes=changes
        )
    return TemplateChange.objects.create(
        template=template,
        act=act,
        by=by.person,
        version=template.current,
        status=status or "",
        why=why,
    )
