"""The console and everything else that is not a Gupshup callback."""

import os

from django.core.wsgi import get_wsgi_application

from config.ops.forwarded_proto import believing_the_last_proxy
from config.ops.unread_bodies import closing_after_unread_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = closing_after_unread_bodies(believing_the_last_proxy(get_wsgi_application()))
