"""All that the account's template list at Gupshup has, page by page, read by a worker."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from providers.connection.connecting import CONNECT_FIRST
from providers.gateway.calling import list_now
from providers.gateway.requests import ListTemplates
from providers.gateway.results import Verdict
from providers.gateway.template_list import ListedTemplate
from providers.hints import hint
from providers.models import Project, Provider
from providers.watch.actors import Actor
from templates_app.incoming.found import MOST, Haul, IncomingError
from templates_app.incoming.gupshup_rows import from_list
from templates_app.models import Source, TemplateImport

PAGE = 500
TASK = "templates_app.tasks.fetch_list"
# Longer than the longest call: after that no worker is at it.
SILENT_FOR = timedelta(seconds=60)


@transaction.atomic
def ask_for_list(project: Project, *, by: Actor) -> TemplateImport:
    """What a worker is going to fill. Whoever asks again meanwhile gets the same one. Raises
    IncomingError."""
    provider = Provider.objects.select_for_update().filter(project=project).first()
    if provider is None:
        raise IncomingError(CONNECT_FIRST)
    asked = project.template_imports.filter(is_reading=True, beat_at__gt=Now() - SILENT_FOR)
    incoming = asked.order_by("-pk").first()
    if incoming is None:
        incoming = TemplateImport.objects.create(
            project=project, by=by.person, source=Source.GATEWAY, is_reading=True, beat_at=Now()
        )
        transaction.on_commit(partial(hint, TASK, incoming.pk))
    return incoming


def is_silent(incoming: TemplateImport) -> bool:
    """Whether nobody seems to be reading what should be read."""
    heard_of = Q(beat_at__gt=Now() - SILENT_FOR)
    reading = TemplateImport.objects.filter(pk=incoming.pk, is_reading=True)
    return incoming.is_reading and reading.exclude(heard_of).exists()


def fill(import_id: int) -> None:
    """Reads the list, or says why there is none. Of two workers the first to end wins."""
    reading = TemplateImport.objects.filter(pk=import_id, is_reading=True)
    incoming = reading.first()
    if incoming is None:
        return
    provider = Provider.objects.filter(project=incoming.project_id).first()
    try:
        if provider is None:
            raise IncomingError(CONNECT_FIRST)
        haul = fetch_list(provider, on_page=partial(_note, incoming))
    except IncomingError as error:
        reading.update(is_reading=False, trouble=str(error))
        return
    reading.update(
        is_reading=False,
        found=[asdict(item) for item in haul.found],
        refused=[asdict(item) for item in haul.refused],
    )


def fetch_list(provider: Provider, *, on_page: Callable[[int], None]) -> Haul:
    """Blocks for some seconds a page, and tells after each how many templates there are by now.
    Raises IncomingError with Gupshup's reason and the way out."""
    listed: list[ListedTemplate] = []
    while len(listed) < MOST:
        page = list_now(ListTemplates(limit=PAGE, offset=len(listed)), provider.hsm)
        if page.answer.verdict is not Verdict.ACCEPTED:
            told = f"{page.answer.code} {page.answer.detail}".strip()
            raise IncomingError(
                f"Gupshup gave no list ({told}). Some accounts may not read it: then export the "
                "templates in Gupshup's dashboard and upload that file here."
            )
        listed.extend(page.templates)
        on_page(len(listed))
        if len(page.templates) < PAGE:
            break
    if not listed:
        raise IncomingError("Gupshup's list is empty: this account has no templates yet.")
    return from_list(listed)


def _note(incoming: TemplateImport, listed: int) -> None:
    TemplateImport.objects.filter(pk=incoming.pk).update(listed=listed, beat_at=Now())
