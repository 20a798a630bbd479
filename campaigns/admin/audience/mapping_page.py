"""The second page of an import: its columns are shown with a guess, and confirmed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from campaigns.admin.audience.mapping_form import MappingForm
from campaigns.admin.audience.own_import import OwnImport, page_of
from campaigns.audience.imports.mapping import MappingError, Target
from campaigns.audience.imports.queueing import cancel, start
from campaigns.audience.imports.reading import FileError
from campaigns.audience.imports.uploading import Sample, guess_mapping, rows_refused, sample_of
from campaigns.models import Import, ImportKind
from providers.people.access import actor_of
from providers.watch.actors import SYSTEM

SHOWN_REFUSALS = 5


class MappingPage(OwnImport):
    def mapping_view(self, request: HttpRequest, upload: Import) -> HttpResponse:
        """Of an import that waits for its columns, for somebody who may start it."""
        try:
            sample = sample_of(upload)
        except FileError as error:
            messages.error(request, str(error))
            cancel(upload, by=SYSTEM)
            return HttpResponseRedirect(page_of(upload))
        form = MappingForm(
            request.POST if request.method == "POST" else None,
            upload=upload,
            sample=sample,
            guessed=guess_mapping(upload, sample),
        )
        if form.is_bound and form.is_valid() and self._started(request, upload, form):
            return HttpResponseRedirect(page_of(upload))
        return self._show(request, upload, sample, form)

    def _show(
        self, request: HttpRequest, upload: Import, sample: Sample, form: MappingForm
    ) -> HttpResponse:
        refused = [] if form.errors else rows_refused(upload, sample, form.mapping)
        mapped = {column.target for column in form.mapping.columns}
        context = self.page_context(
            request,
            title=f"Columns of {upload.file_name}",
            original=upload,
            upload=upload,
            form=form,
            encoding=sample.layout.encoding,
            sample_size=len(sample.rows) + len(sample.faults),
            refused_count=len(refused),
            refused=refused[:SHOWN_REFUSALS],
            has_phones=Target.PHONE in mapped,
            adds_people=upload.kind == ImportKind.PEOPLE,
        )
        return TemplateResponse(request, "campaigns/import_mapping.html", context)

    def _started(self, request: HttpRequest, upload: Import, form: MappingForm) -> bool:
        try:
            start(
                upload,
                form.mapping,
                default_country=form.cleaned_data["default_country"],
                new_subscribed=form.cleaned_data.get("new_subscribed"),
                by=actor_of(request),
            )
        except MappingError as error:
            form.tell(error)
            return False
        return True
