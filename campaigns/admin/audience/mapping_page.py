"""The second page of an import: its columns are shown with a guess, and confirmed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from campaigns.admin.audience.mapping_form import MappingForm
from campaigns.audience.imports.cautioning import mixed_columns, warnings_of
from campaigns.audience.imports.checking import reader_of
from campaigns.audience.imports.encoding import ENCODINGS
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.lost_plus import lost_plus
from campaigns.audience.imports.mapping import ColumnMapping, MappingError, known_properties
from campaigns.audience.imports.queueing import cancel, start
from campaigns.audience.imports.uploading import (
    Sample,
    guess_mapping,
    judge_sample,
    reasons_counted,
    sample_of,
)
from campaigns.models import Import, ImportKind
from providers.admin.pages import Page
from providers.people.access import actor_of
from providers.watch.actors import SYSTEM

SHOWN_REASONS = 5


class MappingPage(Page):
    """Of an import that waits for its columns, for somebody who may start it. It stands at no
    address of its own: the import's page shows it."""

    template = "campaigns/import_mapping.html"

    def get(self, request: HttpRequest, upload: Import) -> HttpResponse:
        return self._answer(request, upload, typed=None)

    def post(self, request: HttpRequest, upload: Import) -> HttpResponse:
        return self._answer(request, upload, typed=request.POST)

    def _answer(self, request: HttpRequest, upload: Import, *, typed: Any) -> HttpResponse:
        try:
            sample = sample_of(upload)
        except FileError as error:
            messages.error(request, str(error))
            cancel(upload, by=SYSTEM)
            return HttpResponseRedirect(self.admin.page_of(upload))
        guessed = guess_mapping(upload, sample)
        form = MappingForm(typed, upload=upload, sample=sample, guessed=guessed)
        if form.is_bound and request.headers.get("HX-Request"):  # a change, not the button
            form.is_valid()
            return render(request, "campaigns/import_judged.html", _shown(upload, sample, form))
        if form.is_bound and form.is_valid() and self._started(request, upload, form):
            return HttpResponseRedirect(self.admin.page_of(upload))
        return self.show(
            request,
            title=f"Columns of {upload.file_name}",
            original=upload,
            upload=upload,
            form=form,
            **_shown(upload, sample, form),
        )

    def _started(self, request: HttpRequest, upload: Import, form: MappingForm) -> bool:
        try:
            start(
                upload,
                form.mapping,
                default_country=form.cleaned_data["default_country"],
                new_subscribed=form.cleaned_data.get("new_subscribed"),
                only_whole_rows=form.only_whole_rows_now,
                consent=form.cleaned_data.get("consent", ""),
                by=actor_of(request),
            )
        except MappingError as error:
            form.tell(error)
            return False
        return True


def _shown(upload: Import, sample: Sample, form: MappingForm) -> dict[str, Any]:
    """What would become of the first rows as the columns are chosen now."""
    upload.only_whole_rows = form.only_whole_rows_now
    judged = judge_sample(sample, reader_of(upload, form.mapping, default_country=form.country_now))
    return {
        "encoding": sample.layout.encoding,
        "encoding_words": ENCODINGS.get(sample.layout.encoding, sample.layout.encoding.upper()),
        "encodings": ENCODINGS.items(),
        "sheet": sample.layout.sheet,
        "sheets": sample.layout.sheets.items(),
        "sample_size": len(sample.rows) + len(sample.faults),
        "refused_count": len(judged.refused),
        "reasons": reasons_counted(judged.refused)[:SHOWN_REASONS],
        "incomplete_count": len(judged.incomplete),
        "left_out": reasons_counted(judged.incomplete)[:SHOWN_REASONS],
        "warnings": _warnings(upload, sample, form.mapping, country=form.country_now),
        "kind": upload.kind,
    }


def _warnings(upload: Import, sample: Sample, mapping: ColumnMapping, *, country: str) -> list[str]:
    kind, numbers = ImportKind(upload.kind), sample.numbers
    known = known_properties(upload.project, kind)
    of_types = mixed_columns(mapping, sample.rows, numbers=numbers, known=known)
    of_keys = warnings_of(mapping, sample.rows) if kind == ImportKind.PEOPLE else []
    of_phones = lost_plus(mapping, sample.rows, numbers=numbers, country=country)
    return [*of_keys, *of_phones, *of_types]
