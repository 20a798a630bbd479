"""One line of a template's history for everything that happens to it."""

from providers.models import User
from templates_app.models import Act, Status, Template, TemplateChange


def note(
    template: Template,
    act: Act,
    *,
    by: User | None,
    why: str = "",
    status: Status | None = None,
) -> TemplateChange:
    """In the caller's transaction. `status` is the new one, where it changed."""
    return TemplateChange.objects.create(
        template=template,
        act=act,
        by=by,
        version=template.current,
        status=status or "",
        why=why,
    )
