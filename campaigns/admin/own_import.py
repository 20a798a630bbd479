"""The import that a page is about, and what all pages about one know."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from campaigns.models import Import
from providers.admin.scoping import ProjectScopedAdmin


def page_of(upload: Import) -> str:
    return reverse("admin:campaigns_import_change", args=[upload.pk])


class OwnImport(ProjectScopedAdmin):
    def own_import(self, request: HttpRequest, pk: int | str) -> Import:
        """Of this project, for somebody who may see it."""
        rows = self.get_queryset(request).select_related("project", "into_list", "created_by")
        found: Import | None = rows.filter(pk=pk).first() if str(pk).isdecimal() else None
        if found is None or not self.has_view_permission(request, found):
            raise Http404("No such import in this project.")
        return found

    def page_context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            **more,
        }
