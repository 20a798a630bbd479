"""The API's process as production starts it, but for plain HTTP."""

from config.settings.api import *

ALLOWED_HOSTS = ["127.0.0.1", "kabootar.example"]
SECURE_SSL_REDIRECT = False
