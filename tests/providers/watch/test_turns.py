import pytest

from providers.models import Incident, IncidentKind, Project
from providers.watch.turns import drawn, in_turns
from tests.factories import IncidentFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def test_each_projects_first_comes_before_any_ones_second(project: Project) -> None:
    kinds = list(IncidentKind)[:4]
    mine = [IncidentFactory.create(project=project, kind=kind) for kind in kinds]
    other, another = ProjectFactory.create_batch(2)
    theirs = [IncidentFactory.create(project=other, kind=kind) for kind in kinds[:2]]
    only = IncidentFactory.create(project=another, kind=kinds[0])

    found = list(in_turns(Incident.objects.all(), "project"))
    assert set(found[:3]) == {mine[0], theirs[0], only}
    assert set(found[3:5]) == {mine[1], theirs[1]}
    assert found[5:] == mine[2:]

    newest = list(in_turns(Incident.objects.all(), "project", first=["-pk"]))
    assert set(newest[:3]) == {mine[3], theirs[1], only}


def test_who_begins_is_drawn(project: Project) -> None:
    for theirs in (project, ProjectFactory.create()):
        IncidentFactory.create(project=theirs, kind=IncidentKind.IP_REFUSED)
    begins = {in_turns(Incident.objects.all(), "project")[0].project_id for _ in range(40)}
    assert len(begins) == 2


def test_one_projects_are_drawn(project: Project) -> None:
    many = [IncidentFactory.create(project=project, kind=kind) for kind in list(IncidentKind)[:4]]
    few = [IncidentFactory.create(kind=IncidentKind.IP_REFUSED)]
    rows = Incident.objects.order_by("pk")
    assert {tuple(drawn(rows)) for _ in range(40)} == {tuple(many), tuple(few)}
    assert list(drawn(rows.filter(pk=0))) == []
