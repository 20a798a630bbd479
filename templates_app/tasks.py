"""Celery's entry points: ids in, one act each, harmless when it runs twice."""

from celery import shared_task

from templates_app.incoming import fetching_list
from templates_app.keeping import forgetting


@shared_task
def fetch_list(import_id: int) -> None:
    fetching_list.fill(import_id)


@shared_task
def forget_old() -> None:
    forgetting.forget_old()
