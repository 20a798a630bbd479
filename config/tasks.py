"""Celery's entry points of what looks into every app."""

from celery import shared_task

from config.doctor.examining import examine, examine_all
from providers.models import Project


@shared_task
def examine_connection(project_id: int) -> None:
    project = Project.objects.filter(pk=project_id).first()
    if project is not None:
        examine(project)


@shared_task
def examine_connections() -> None:
    examine_all()
