"""The first page of an import: a file goes in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from campaigns.admin.audience.own_import import OwnImport, page_of
from campaigns.admin.audience.upload_form import UploadForm
from campaigns.audience.imports.reading import FileError
from campaigns.audience.imports.uploading import TOO_LARGE, accept
from campaigns.audience.lists import ListError
from campaigns.models import Import, ImportKind
from providers.people.access import actor_of


class UploadPage(OwnImport):
    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        project = self.project(request)
        if getattr(request, "upload_is_too_large", False):  # stopped while it came in
            messages.error(request, TOO_LARGE)
            return _go_to(request, request.path)
        if request.method == "POST":
            form = UploadForm(request.POST, request.FILES, project=project)
            upload = self._accepted(request, form) if form.is_valid() else None
            if upload:
                return _go_to(request, page_of(upload))
        else:
            form = UploadForm(project=project, initial=request.GET.dict())
        context = self.page_context(request, title="Import people", form=form)
        return TemplateResponse(request, "campaigns/import_upload.html", context)

    def _accepted(self, request: HttpRequest, form: UploadForm) -> Import | None:
        """Or None, with the reason in the form."""
        try:
            return accept(
                self.project(request),
                form.cleaned_data["file"],
                kind=ImportKind(form.cleaned_data["kind"]),
                into_list=form.cleaned_data["into_list"],
                new_list=form.cleaned_data["new_list"],
                by=actor_of(request),
            )
        except FileError as error:
            form.add_error("file", str(error))
        except ListError as error:
            form.add_error("new_list", str(error))
        return None


def _go_to(request: HttpRequest, page: str) -> HttpResponse:
    """The upload shows its progress by htmx, which a plain redirect would not leave."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": page})
    return HttpResponseRedirect(page)
