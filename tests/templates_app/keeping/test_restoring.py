import pytest

from providers.models import Project
from providers.watch.actors import SYSTEM, Actor
from templates_app.keeping.editing import Edit, StaleEditError, save_template
from templates_app.keeping.readiness import UnderReviewError
from templates_app.keeping.restoring import restore
from templates_app.keeping.statuses import set_status
from templates_app.models import Status
from tests.factories import TemplateFactory, UserFactory
from tests.templates_app.contents import content, wording

pytestmark = pytest.mark.django_db


def test_an_older_wording_becomes_the_newest_version(project: Project) -> None:
    asha = UserFactory.create()
    template = TemplateFactory.create(project=project, content=content("Come today"))
    first = template.current
    second = save_template(template, Edit(wording=wording("Come tomorrow")), by=Actor(asha))

    third = restore(template, first, by=Actor(asha), based_on=second.pk)

    assert (third.number, third.content) == (3, content("Come today"))
    change = template.changes.latest("pk")
    assert (change.act, change.by, change.version, change.why) == (
        "restored",
        asha,
        third,
        "Version 1 again.",
    )


def test_restoring_over_what_somebody_saved_meanwhile_is_refused(project: Project) -> None:
    template = TemplateFactory.create(project=project)
    first = template.current
    save_template(template, Edit(wording=wording("Come tomorrow")), by=SYSTEM)

    with pytest.raises(StaleEditError):
        restore(template, first, by=SYSTEM, based_on=first.pk)


def test_what_meta_looks_at_is_not_replaced_by_an_older_wording(project: Project) -> None:
    template = TemplateFactory.create(project=project)
    first = template.current
    save_template(template, Edit(wording=wording("Come tomorrow")), by=SYSTEM)
    set_status(template, Status.PENDING, by=SYSTEM)

    with pytest.raises(UnderReviewError):
        restore(template, first, by=SYSTEM, based_on=template.current_id)
