"""The test suite: real stores, quick passwords, nothing of the machine's own settings."""

import os

from config.settings.local import *
from config.settings.stores import broker_url, numbered_redis

# Tests that run side by side have a database each, and so a part of Redis each.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
REDIS_URL = numbered_redis(REDIS_URL, int(_worker))
CELERY_BROKER_URL = broker_url(REDIS_URL)

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True

# Redis outlives a test, so a test of failures must not add up to a storm with the one before.
SEND_STORM_WINDOW = env.int("SEND_STORM_WINDOW", default=0)

# Tests that really commit empty every table afterwards, the append-only ones too.
DATABASES["default"]["OPTIONS"] = {"options": "-c kabootar.is_test=on"}
