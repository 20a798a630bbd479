"""The process that answers programs, apart from the console (docs/decisions/0041)."""

import os

from django.urls import get_resolver
from django.utils.module_loading import import_string

from config.ops.forwarded_proto import Application, believing_the_last_proxy
from config.ops.freed_requests import django_letting_go
from config.ops.long_statements import limit_statements
from config.ops.unread_bodies import closing_after_unread_bodies
from config.ops.warm_requests import on_warm_connections
from providers.process.garbage import look_seldom_for_garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.api")


def _application() -> Application:
    django = on_warm_connections(closing_after_unread_bodies(django_letting_go()))
    # It reads models, which are there by now.
    answering_small_calls = import_string("config.ops.small_calls.answering_small_calls")
    get_resolver().url_patterns  # noqa: B018  read now, or the first calls wait seconds for it
    return believing_the_last_proxy(answering_small_calls(django))


limit_statements()
application = _application()
look_seldom_for_garbage()
