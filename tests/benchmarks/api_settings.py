"""The API's process as production starts it, but for plain HTTP and a key that calls as often as it
can."""

from config.settings.api import *

ALLOWED_HOSTS = ["127.0.0.1"]
SECURE_SSL_REDIRECT = False
API_CALLS_A_MINUTE = 10_000_000
