"""The template that a page of its own is about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from providers.admin.scoping import ProjectScopedAdmin
from templates_app.models import Template

LIST = "admin:templates_app_template_changelist"
PAGE = "admin:templates_app_template_change"


class OwnTemplate(ProjectScopedAdmin):
    def own_template(self, request: HttpRequest, pk: int, *, to_change: bool = True) -> Template:
        """Of this project, for somebody who may change it, or look at it."""
        template: Template | None = self.get_queryset(request).filter(pk=pk).first()
        if template is None:
            raise Http404("No such template in this project.")
        may = self.has_change_permission if to_change else self.has_view_permission
        if not may(request, template):
            raise PermissionDenied
        return template
