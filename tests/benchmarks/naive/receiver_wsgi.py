"""The naive receiver as a server takes it."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
