"""The test suite: real stores, quick passwords, nothing of the machine's own settings."""

from config.settings.local import *

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True

# Tests that really commit empty every table afterwards, the append-only ones too.
DATABASES["default"]["OPTIONS"] = {"options": "-c kabootar.is_test=on"}
