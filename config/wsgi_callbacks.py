"""The process that takes Gupshup's callbacks, apart from the console (docs/decisions/0003)."""

import os

from django.core.wsgi import get_wsgi_application

from config.ops.unread_bodies import closing_after_unread_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.callbacks")

application = closing_after_unread_bodies(get_wsgi_application())
