from datetime import timedelta

from django.utils import timezone
from pytest_django import Settings

from providers.models import Project
from templates_app.keeping.forgetting import forget_old
from templates_app.models import Kind, TemplateImport, UnsavedEdit
from tests.factories import TemplateFactory, UserFactory


def edit(project: Project, *, days: int, form: str | None) -> UnsavedEdit:
    at = timezone.now() - timedelta(days=days)
    return UnsavedEdit.objects.create(
        project=project,
        kind=Kind.BASIC,
        by=UserFactory.create(),
        form=form,
        kept_at=at if form is not None else None,
        seen_at=at,
    )


def read(project: Project, *, days: int) -> TemplateImport:
    at = timezone.now() - timedelta(days=days)
    return TemplateImport.objects.create(project=project, source="paste", created_at=at)


def test_what_nobody_came_back_to_goes_and_templates_stay(project: Project) -> None:
    template = TemplateFactory.create(project=project)
    fresh = [edit(project, days=89, form="body=Hi"), edit(project, days=0, form=None)]
    edit(project, days=91, form="body=Hi")
    edit(project, days=2, form=None)
    kept = read(project, days=89)
    read(project, days=91)

    forget_old()

    assert [*UnsavedEdit.objects.order_by("pk")] == fresh
    assert [*TemplateImport.objects.all()] == [kept]
    assert [*project.templates.all()] == [template]


def test_zero_days_keep_for_ever(project: Project, settings: Settings) -> None:
    settings.UNSAVED_EDIT_KEEP_DAYS = settings.TEMPLATE_IMPORT_KEEP_DAYS = 0
    edit(project, days=900, form="body=Hi")
    read(project, days=900)

    forget_old()

    assert (UnsavedEdit.objects.count(), TemplateImport.objects.count()) == (1, 1)
