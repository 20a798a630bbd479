"""Where somebody is editing a template, for what is kept of it by itself (providers/people)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from providers.models import Project, User
from templates_app.models import Kind, Template, UnsavedEdit


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Without a template it is a new one of this type."""

    project: Project
    kind: Kind
    by: User
    template: Template | None = None

    @property
    def rows(self) -> QuerySet[UnsavedEdit]:
        rows = UnsavedEdit.objects.filter(project=self.project, template=self.template)
        # A saved template's type never changes, so nobody asks for it.
        return rows if self.template else rows.filter(by=self.by, kind=self.kind)

    @property
    def key(self) -> Mapping[str, object]:
        return {"project": self.project, "template": self.template, "kind": self.kind}
