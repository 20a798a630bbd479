"""Menus hold all templates of a project, so there is a bounded number of them, whichever way one
would come in."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from providers.models import Project
from providers.watch.actors import SYSTEM
from templates_app.incoming.importing import bring_in
from templates_app.incoming.report import Outcome
from templates_app.keeping import room
from templates_app.models import Template
from tests.factories import TemplateFactory
from tests.providers.api.keys import client_with_key
from tests.templates_app.admin.test_admin import ADD, form
from tests.templates_app.api.test_writing import document
from tests.templates_app.incoming.test_importing import SALE, incoming

pytestmark = pytest.mark.django_db
WORDS = "This project has 2 templates. Delete some that nobody needs."


def test_a_full_project_takes_no_more_by_any_way(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST", 2)
    TemplateFactory.create_batch(3)  # of others
    first, _second = TemplateFactory.create_batch(2, project=project)

    made = client_with_key(project).post("/api/v1/templates", document(), "application/json")
    assert (made.status_code, made.json()["code"]) == (422, "template.too_many")
    copy = reverse("admin:templates_app_template_clone", args=[first.pk])
    assert WORDS in marketer.post(copy, {"name": "copy", "language": "en"}).text
    assert WORDS in marketer.post(ADD, form(), follow=True).text
    (line,) = bring_in(incoming(project, SALE), by=SYSTEM)
    assert (line.outcome, line.why) == (Outcome.REFUSED, WORDS)
    assert Template.objects.filter(project=project).count() == 2

    # What is there can be changed all the same.
    known = replace(SALE, name=first.name, language=first.language)
    (line,) = bring_in(incoming(project, known), by=SYSTEM)
    assert line.outcome is Outcome.CHANGED
