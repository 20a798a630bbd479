"""Going back to an older wording: it becomes the newest version, nothing is taken away."""

from providers.watch.actors import Actor
from templates_app.keeping.editing import Edit, save_template
from templates_app.keeping.readiness import UnderReviewError, waits_for_meta
from templates_app.models import Act, Template, TemplateVersion
from templates_app.rules.problems import Severity
from templates_app.wording.reading import read_wording


def restore(
    template: Template, version: TemplateVersion, *, by: Actor, based_on: int | None
) -> TemplateVersion:
    """Raises NotReadyError, UnderReviewError or StaleEditError, as any edit."""
    if waits_for_meta(template):
        raise UnderReviewError
    edit = Edit(
        wording=read_wording(version.content),
        content=version.content,
        based_on=based_on,
        set_aside=version.set_aside,
        samples=Severity.WARNING,  # nothing is written anew
        act=Act.RESTORED,
        why=f"Version {version.number} again.",
    )
    return save_template(template, edit, by=by)
