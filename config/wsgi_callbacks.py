"""The process that takes Gupshup's callbacks, apart from the console (docs/decisions/0003)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.callbacks")

application = get_wsgi_application()
