"""The first page of an import: a file goes in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from campaigns.admin.audience.upload_form import UploadForm
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.uploading import TOO_LARGE, accept
from campaigns.audience.lists import ListError
from campaigns.models import Import, ImportKind
from providers.admin.pages import Page
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.views.site_pages import go_to


class UploadPage(Page):
    """The upload shows its progress by htmx."""

    address, name = "add/", "add"
    role = Role.MARKETER
    template = "campaigns/import_upload.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        given = request.GET.dict()
        form = UploadForm(project=project, initial={"named_after_file": not given, **given})
        return self._shown(request, form)

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        if getattr(request, "upload_is_too_large", False):  # stopped while it came in
            messages.error(request, TOO_LARGE)
            return go_to(request, request.path)
        form = UploadForm(request.POST, request.FILES, project=project)
        upload = self._accepted(request, project, form) if form.is_valid() else None
        if upload is None:
            return self._shown(request, form)
        return go_to(request, self.admin.page_of(upload))

    def _shown(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        return self.show(request, title="Import a file", form=form)

    def _accepted(self, request: HttpRequest, project: Project, form: UploadForm) -> Import | None:
        """Or None, with the reason in the form."""
        try:
            return accept(
                project,
                form.cleaned_data["file"],
                kind=ImportKind(form.cleaned_data["kind"]),
                into_list=form.cleaned_data["into_list"],
                new_list=form.cleaned_data["new_list"],
                named_after_file=form.makes_list,
                by=actor_of(request),
            )
        except FileError as error:
            form.add_error("file", str(error))
        except ListError as error:
            form.add_error("new_list", str(error))
        return None
