"""The Celery application; queues and the beat schedule stand in config/settings/base.py."""

import os

from celery import Celery

from config.broker import use_this_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

# Of the checks of addresses and pages a worker has nothing: it would import them all for those.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

use_this_transport()
app = Celery("kabootar", amqp="config.broker:AMQP")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
