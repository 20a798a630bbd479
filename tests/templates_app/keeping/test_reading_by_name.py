"""Templates are read once, and again as soon as anything of them has changed."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from providers.models import Project
from templates_app.keeping import reading_by_name
from templates_app.keeping.reading_by_name import KeptTemplates
from templates_app.models import Template
from tests.factories import ProjectFactory, TemplateFactory

pytestmark = pytest.mark.django_db(transaction=True)

NAME = ("sale", "en")


@pytest.fixture
def template(project: Project) -> Template:
    made: Template = TemplateFactory.create(project=project, name="sale", language="en")
    return made


def test_one_that_did_not_change_is_asked_for_by_one_statement(
    project: Project, template: Template
) -> None:
    kept = KeptTemplates()
    first = kept.read(project, [NAME])[NAME]
    with CaptureQueriesContext(connection) as queries:
        second = kept.read(project, [NAME])[NAME]
        assert second.current is not None
        assert second.current.template.project == project
    assert len(queries) == 1
    assert first is second
    assert first == template


@pytest.mark.parametrize("changed", ["template", "version", "project"])
def test_a_change_is_seen_at_once(project: Project, template: Template, changed: str) -> None:
    kept = KeptTemplates()
    kept.read(project, [NAME])
    assert template.current is not None
    content = {"components": [{"type": "BODY", "text": "New"}]}
    changes: dict[str, Any] = {
        "template": lambda: Template.objects.update(status="REJECTED"),
        "version": lambda: type(template.current).objects.update(content=content),
        "project": lambda: Project.objects.update(time_zone="Asia/Tokyo"),
    }
    changes[changed]()
    read = kept.read(project, [NAME])[NAME]
    assert read.current is not None
    told = (read.status == "REJECTED", read.current.content == content,
        read.current.template.project.time_zone == "Asia/Tokyo")  # fmt: skip
    assert told == tuple(changed == one for one in changes)


def test_of_another_project_and_of_no_name_there_is_none(
    project: Project, template: Template
) -> None:
    kept = KeptTemplates()
    assert NAME in kept.read(project, [NAME, ("other", "en")])
    assert kept.read(ProjectFactory.create(), [NAME]) == {}
    Template.objects.update(name="renamed")
    assert kept.read(project, [NAME]) == {}


def test_what_a_transaction_takes_back_is_not_kept(project: Project, template: Template) -> None:
    kept = KeptTemplates()
    kept.read(project, [NAME])
    with transaction.atomic():
        Template.objects.update(status="REJECTED")
        assert kept.read(project, [NAME])[NAME].status == "REJECTED"
        transaction.set_rollback(True)
    assert kept.read(project, [NAME])[NAME].status == template.status


def test_only_so_many_are_kept(
    project: Project, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_by_name, "MOST_KEPT", 1)
    TemplateFactory.create(project=project, name="other", language="en")
    kept = KeptTemplates()
    for name in ("sale", "other", "sale"):
        assert (name, "en") in kept.read(project, [(name, "en")])
        assert len(kept._kept) == 1
