"""The template that a page of its own is about."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from providers.admin.scoping import ProjectScopedAdmin
from templates_app.models import Template

LIST = "admin:templates_app_template_changelist"
PAGE = "admin:templates_app_template_change"


class OwnTemplate(ProjectScopedAdmin):
    def own_template(
        self, request: HttpRequest, pk: int | str, *, to_change: bool = True
    ) -> Template:
        """Of this project, for somebody who may change it, or look at it."""
        template: Template = self.own_row(request, pk)
        if to_change and not self.has_change_permission(request, template):
            raise PermissionDenied
        return template
