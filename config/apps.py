from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from config.celery import app as celery_app  # shared tasks find their broker through it
from config.ops import task_log

__all__ = ["ConsoleConfig", "KabootarConfig", "celery_app"]


class KabootarConfig(AppConfig):
    name = "config"
    verbose_name = "Kabootar"
    default = True

    def ready(self) -> None:
        task_log.listen()


class ConsoleConfig(AdminConfig):
    """Django's admin, with our site in the place of its own."""

    default = False
    default_site = "config.console.site.Console"
