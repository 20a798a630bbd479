from django.apps import AppConfig

from config.celery import app as celery_app  # shared tasks find their broker through it

__all__ = ["KabootarConfig", "celery_app"]


class KabootarConfig(AppConfig):
    name = "config"
    verbose_name = "Kabootar"
