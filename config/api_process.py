"""What the API's process needs of this app, and what it does without."""

from django.apps import AppConfig

from config.celery import app as celery_app  # through it workers are told that there is work

__all__ = ["ApiProcessConfig", "celery_app"]


class ApiProcessConfig(AppConfig):
    name = "config"
