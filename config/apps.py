from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks

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

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(_check_pages, checks.Tags.admin)


def _check_pages(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[checks.CheckMessage]:
    """Of all pages, whoever asks."""
    admin.autodiscover()
    return check_admin_app(app_configs, **options)
