"""The Celery application; queues and the beat schedule stand in config/settings/base.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("kabootar")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
