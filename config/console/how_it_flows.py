"""What of a project is under way, for Home: what waits to be sent, callbacks, and how Meta rates
number and templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from callbacks.inspecting.lately import Lately, callbacks_lately
from callbacks.models import AccountNews
from campaigns.results.backlog import waiting_of
from campaigns.results.speed import duration_words
from providers.models import Project
from templates_app.models import Status, Template

NUMBER = "phone_number_quality_update"
FLAGGED = (
    "Meta has flagged it, since people block or report it: send no campaign until it has recovered"
)
LOW = "red"


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    words: str
    link: str = ""
    is_bad: bool = False


def how_it_flows(project: Project, *, now: datetime) -> list[Fact]:
    """Five queries, however much there is."""
    callbacks = callbacks_lately(project.pk, now=now)
    return [
        Fact("Waits to be sent", waiting_of(project.pk).words),
        Fact("Callbacks", _told(callbacks), is_bad=callbacks.is_late),
        *_number(project),
        *_templates(project),
    ]


def _told(callbacks: Lately) -> str:
    if not callbacks.is_late:
        return callbacks.words
    waits = duration_words(callbacks.waits.total_seconds())
    return f"{callbacks.words}; the oldest has waited for {waits} to be read"


def _number(project: Project) -> Iterator[Fact]:
    """Nothing as long as all is well, or nothing was told."""
    news = AccountNews.objects.filter(project=project, field=NUMBER)
    told = news.order_by("-receipt_number").values_list("event", flat=True).first()
    if (told or "").upper() == "FLAGGED":
        yield Fact("Your number", FLAGGED, is_bad=True)


def _templates(project: Project) -> Iterator[Fact]:
    mine = Template.objects.filter(project=project, status=Status.APPROVED, quality=LOW)
    if count := mine.count():
        which = "1 approved template is" if count == 1 else f"{count:,} approved templates are"
        page = reverse("admin:templates_app_template_changelist")
        words = f"{which} rated low by Meta, who pauses those next"
        yield Fact("Templates", words, link=f"{page}?status__exact={Status.APPROVED}", is_bad=True)
