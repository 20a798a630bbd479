"""The import that a page is about, and what all pages about one know."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from campaigns.models import Import
from providers.admin.scoping import ProjectScopedAdmin


def page_of(upload: Import) -> str:
    return reverse("admin:campaigns_import_change", args=[upload.pk])


class OwnImport(ProjectScopedAdmin):
    def own_import(self, request: HttpRequest, pk: int | str) -> Import:
        """Of this project, for somebody who may see it."""
        found: Import = self.own_row(request, pk, "project", "into_list", "created_by")
        return found

    def page_context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            **more,
        }
