from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig

from config.celery import app as celery_app  # shared tasks find their broker through it
from config.ops import task_log

__all__ = ["ConsoleConfig", "KabootarConfig", "celery_app"]


class KabootarConfig(AppConfig):
    name = "config"
    verbose_name = "Kabootar"
    default = True

    def ready(self) -> None:
        task_log.listen()


class ConsoleConfig(SimpleAdminConfig):
    """Django's admin, with our site in the place of its own. Who serves its pages imports them
    (config/urls.py): workers, and the processes of the API and of callbacks, start without."""

    default = False
    default_site = "config.console.site.Console"
