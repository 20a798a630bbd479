"""A search over everything that has a name: pages, people, campaigns, templates, messages.

Each kind is asked for its first few, by look-ups that an index answers or among the few rows of one
project. Nothing of what was found is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from campaigns.audience.searching import search as search_people
from campaigns.models import Campaign, Message, Profile
from campaigns.results.finding import find_messages
from config.console.navigation import pages_called
from providers.models import Project
from providers.people.access import active_project
from templates_app.models import Template

MOST = 5  # of each kind
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    title: str
    about: str
    icon: str
    link: str


def found_page(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("s", "").strip()[:LONGEST]
    project = active_project(request)
    found = list(_found(request, project, words)) if words else []
    return render(request, "kabootar/found.html", {"words": words, "results": found})


def _found(request: HttpRequest, project: Project | None, words: str) -> Iterator[Found]:
    for page in pages_called(request, words)[:MOST]:
        yield Found("Page", page["title"], "", page["icon"], page["link"])
    if project is not None:
        yield from _people(project, words)
        yield from _campaigns(project, words)
        yield from _templates(project, words)
        yield from _messages(project, words)


def _people(project: Project, words: str) -> Iterator[Found]:
    numbers = search_people(project, words)[:MOST]
    for person in Profile.objects.filter(project=project, pk__in=numbers).order_by("-pk"):
        keys = dict.fromkeys((person.identity, person.phone))  # one may be the other
        about = " · ".join(filter(None, keys))
        yield Found("Person", person.name or person.identity, about, "person", _page_of(person))


def _campaigns(project: Project, words: str) -> Iterator[Found]:
    named = Campaign.objects.without_versions().filter(project=project, name__icontains=words)
    rows = named.order_by("-pk")
    for row in rows[:MOST]:
        yield Found("Campaign", row.name, row.get_status_display(), "campaign", _page_of(row))


def _templates(project: Project, words: str) -> Iterator[Found]:
    wanted = Q(name__icontains=words) | Q(vendor_id=words)
    for row in Template.objects.filter(wanted, project=project).order_by("name")[:MOST]:
        yield Found("Template", row.name, row.get_status_display(), "sms", _page_of(row))


def _messages(project: Project, words: str) -> Iterator[Found]:
    rows = Message.objects.filter(pk__in=find_messages(project, words)[:MOST])
    for row in rows.select_related("campaign").order_by("-pk"):
        whose = str(row.campaign) if row.campaign else row.get_kind_display()
        about = f"{whose} · {row.get_state_display()}"
        yield Found("Message", row.phone or "No number", about, "send", _page_of(row))


def _page_of(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
