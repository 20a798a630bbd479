"""The console and everything else that is not a Gupshup callback."""

import os

from django.core.wsgi import get_wsgi_application

from config.ops.forwarded_proto import believing_the_last_proxy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = believing_the_last_proxy(get_wsgi_application())
