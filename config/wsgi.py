"""The console and everything else that is not a Gupshup callback."""

import os

from config.ops.forwarded_proto import believing_the_last_proxy
from config.ops.freed_requests import django_letting_go
from config.ops.long_statements import limit_statements
from config.ops.unread_bodies import closing_after_unread_bodies
from providers.process.garbage import look_seldom_for_garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

limit_statements()
application = closing_after_unread_bodies(believing_the_last_proxy(django_letting_go()))
look_seldom_for_garbage()
