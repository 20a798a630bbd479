"""What the callback process needs of this app, and what it does without."""

from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries

from config.celery import app as celery_app  # through it the drain is woken

__all__ = ["CallbackProcessConfig", "celery_app"]


class CallbackProcessConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Callbacks are stored through a connection of their own, which is opened in
        # callbacks/receiving/own_connection.py. Looking after Django's, which they never use, takes
        # a quarter of each request's time.
        request_started.disconnect(reset_queries)
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
