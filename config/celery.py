"""The Celery application; queues and the beat schedule stand in config/settings/base.py."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import after_setup_logger

from config.broker import use_this_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

# Of the checks of addresses and pages a worker has nothing: it would import them all for those.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

use_this_transport()
app = Celery("kabootar", amqp="config.broker:AMQP")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@after_setup_logger.connect
def _tell_of_tasks(logger: logging.Logger, **_: Any) -> None:
    """Celery lets through what its command line says, and warnings where that says nothing: then no
    task would be told of (config/ops/task_log.py)."""
    logger.setLevel(min(logger.level, logging.INFO))
