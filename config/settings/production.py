"""In production: everything from the environment; refuses to start, naming what is missing.

docs/settings.md lists the variables.
"""

import sys

from config.settings.base import *
from config.settings.required import missing_or_unsafe
from config.settings.stores import broker_url, databases

if problems := missing_or_unsafe(env.ENVIRON):
    sys.exit(f"Kabootar can't start: {'; '.join(problems)}. See docs/settings.md.")

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS")
INSTANCE_ID = env.str("INSTANCE_ID")
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[env.url("PUBLIC_BASE_URL").hostname])
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

DATABASES = databases(env.str("DATABASE_URL"))
REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = broker_url(REDIS_URL)

STORAGES = {
    "default": {"BACKEND": "config.ops.whole_files.WholeFiles"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOG_FORMAT = env.str("LOG_FORMAT", default="json")
LOGGING["formatters"] = {"line": {"()": LOG_FORMATS[LOG_FORMAT]}}

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# Gupshup follows no redirect, and probes speak plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^gupshup/", r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
