"""The baseline's Celery app."""

from celery import Celery

# Beside Kabootar's own app, not instead of it.
app = Celery("naive", set_as_current=False, include=["tests.benchmarks.naive.tasks"])
app.config_from_object("django.conf:settings", namespace="NAIVE")
