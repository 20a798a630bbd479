"""A working copy on one's own machine: everything has a default, the stores are embedded."""

import os

from config.embedded.local_folder import local_secrets, running_runtime
from config.settings.base import *
from config.settings.stores import broker_url, databases

# Where nothing is set: the secrets kept under .local/, and the stores of the demo that runs.
_secrets = local_secrets(ROOT)
_running = running_runtime(ROOT) or {}

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default=_secrets["SECRET_KEY"])
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS", default=[_secrets["CREDENTIAL_KEYS"]])
ERASURE_KEY = env.str("ERASURE_KEY", default=_secrets["SECRET_KEY"])
INSTANCE_ID = env.str("INSTANCE_ID", default=_secrets["INSTANCE_ID"])
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
# Servers on one's own machine, and they may speak plain http.
FETCH_PRIVATE_TARGETS = env.bool("FETCH_PRIVATE_TARGETS", default=True)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000")

MIDDLEWARE = [*MIDDLEWARE, "config.console.error_pages.OwnNotFound"]

DATABASES = databases(
    env.str("DATABASE_URL", default=_running.get("DATABASE_URL", "postgres:///kabootar"))
)
REDIS_URL = env.str("REDIS_URL", default=_running.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
CELERY_BROKER_URL = broker_url(REDIS_URL)

STORAGES = {
    "default": {"BACKEND": "config.ops.whole_files.WholeFiles"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# The demo's terminal says how to get in: a line for every request, or task, would soon push that
# away.
if "KABOOTAR_DEMO_USER" in os.environ:
    LOGGERS["config.ops.request_log"] = LOGGERS["config.ops.task_log"] = {"level": "WARNING"}
