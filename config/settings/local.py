"""A working copy on one's own machine: everything has a default, the stores are embedded."""

import os

from config.settings.base import *
from config.settings.stores import broker_url, databases

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default="local-only-never-used-in-production")
# Any Fernet key will do here: `make demo` makes one of its own under .local/.
CREDENTIAL_KEYS = env.list(
    "CREDENTIAL_KEYS", default=["bG9jYWwtb25seS1uZXZlci11c2VkLWluLXByb2R1Y3Q="]
)
INSTANCE_ID = env.str("INSTANCE_ID", default="local")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000")

DATABASES = databases(os.environ.get("DATABASE_URL", "postgres:///kabootar"))
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = broker_url(REDIS_URL)

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
